// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.cli.output.DeliveredEvent;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a stream delivers with what was published: nothing missing, nothing twice, each key in the order of
 * the input, each partition in the order of its offsets, and every byte as it was. Used by one thread at a time.
 */
final class StreamVerifier {
    private final List<Event> input;
    private final BitSet expected;
    private final BitSet seen;
    private final Map<Bytes, Integer> lastIndexByKey = new HashMap<>();
    private final Map<Integer, Long> lastOffsetByPartition = new HashMap<>();
    private int received;
    private int duplicates;
    private int reordered;
    private int corrupt;
    private long checksum;

    /**
     * A verifier of one stream.
     *
     * @param input everything that was published, in order
     * @param expected which of it this stream must deliver
     */
    StreamVerifier(List<Event> input, BitSet expected) {
        this.input = input;
        this.expected = expected;
        this.seen = new BitSet(input.size());
    }

    /** A verifier of a stream that must deliver everything. */
    static StreamVerifier ofAll(List<Event> input) {
        BitSet all = new BitSet(input.size());
        all.set(0, input.size());
        return new StreamVerifier(input, all);
    }

    /** Takes the next event of the stream. */
    void accept(DeliveredEvent delivered) {
        received++;
        checksum += checksumOf(delivered.event());
        OptionalInt index = Flights.indexOf(delivered.event().id());
        if (index.isEmpty() || !expected.get(index.getAsInt()) || isChanged(delivered.event(), index.getAsInt())) {
            corrupt++;
            return;
        }
        if (seen.get(index.getAsInt())) {
            duplicates++;
            return;
        }
        seen.set(index.getAsInt());
        if (isLate(delivered, index.getAsInt())) {
            reordered++;
        }
    }

    /** What the stream was, now that it has ended. */
    Verdict verdict() {
        BitSet missing = (BitSet) expected.clone();
        missing.andNot(seen);
        return new Verdict(
                expected.cardinality(),
                received,
                missing.cardinality(),
                duplicates,
                reordered,
                corrupt,
                checksum,
                expected.stream().mapToLong(i -> checksumOf(input.get(i))).sum());
    }

    private boolean isChanged(Event event, int index) {
        Event original = input.get(index);
        return !equal(event.key(), original.key()) || !equal(event.data(), original.data());
    }

    private static boolean equal(@Nullable Bytes a, @Nullable Bytes b) {
        return a == null ? b == null : a.equals(b);
    }

    /** Both are looked at: a key has the order of the input, and a partition the order of its offsets. */
    private boolean isLate(DeliveredEvent delivered, int index) {
        Bytes key = delivered.event().key() == null
                ? Bytes.EMPTY
                : delivered.event().key();
        int lastOfKey = lastIndexByKey.getOrDefault(key, -1);
        long lastOfPartition = lastOffsetByPartition.getOrDefault(delivered.partition(), -1L);
        lastIndexByKey.put(key, Math.max(lastOfKey, index));
        lastOffsetByPartition.put(delivered.partition(), Math.max(lastOfPartition, delivered.offset()));
        return index < lastOfKey || delivered.offset() <= lastOfPartition;
    }

    /** Summed up, so that partitions may come in any order: order is looked at above. */
    private static long checksumOf(Event event) {
        CRC32C crc = new CRC32C();
        crc.update(event.id().getBytes(StandardCharsets.UTF_8));
        update(crc, event.key());
        update(crc, event.data());
        return crc.getValue();
    }

    private static void update(CRC32C crc, @Nullable Bytes bytes) {
        crc.update(bytes == null ? 0 : 1);
        if (bytes != null) {
            crc.update(bytes.array());
        }
    }
}
