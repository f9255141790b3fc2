// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The checksum of an event, CRC-32C in eight hexadecimal digits, in the header {@value #HEADER}. It is the last header of
 * a record when we write it, and of several headers of this name the last one counts, so an event may have one of its
 * own. It covers topic, key and value.
 */
final class EventSum {
    /* Notes. What is summed is the three lengths, then topic, key and value, so no byte can move from one to the next
     * unnoticed; an absent key or value has the length -1. CRC-32C as Kafka's own batches have it; that one is made anew
     * by whoever copies or mixes up batches, this one is not.
     */
    static final String HEADER = "millrace-crc32c";

    private static final int ABSENT = -1;
    private static final int DIGITS = 8;
    private static final HexFormat HEX = HexFormat.of();

    private EventSum() {}

    /** The sum of what a record has. */
    static int of(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        ByteBuffer head = ByteBuffer.allocate(3 * Integer.BYTES + name.length)
                .putInt(name.length)
                .putInt(key == null ? ABSENT : key.length)
                .putInt(value == null ? ABSENT : value.length)
                .put(name);
        CRC32C sum = new CRC32C();
        sum.update(head.array(), 0, head.capacity());
        if (key != null) {
            sum.update(key, 0, key.length);
        }
        if (value != null) {
            sum.update(value, 0, value.length);
        }
        return (int) sum.getValue();
    }

    /** The header for a record. */
    static Header header(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new RecordHeader(HEADER, HEX.toHexDigits(of(topic, key, value)).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The header with the sum among these, or {@code null} where none has one. */
    static @Nullable Header in(Headers headers) {
        Header last = headers.lastHeader(HEADER);
        return last != null && isSum(last.value()) ? last : null;
    }

    /** True when a header that {@link #in} has found says this sum. */
    static boolean says(Header header, int sum) {
        int said = 0;
        for (byte digit : header.value()) {
            said = said << 4 | HexFormat.fromHexDigit(digit);
        }
        return said == sum;
    }

    private static boolean isSum(byte @Nullable [] value) {
        if (value == null || value.length != DIGITS) {
            return false;
        }
        for (byte digit : value) {
            if (!HexFormat.isHexDigit(digit)) {
                return false;
            }
        }
        return true;
    }
}
