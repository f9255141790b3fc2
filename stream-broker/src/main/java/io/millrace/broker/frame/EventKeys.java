// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import io.millrace.v1.Event;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Finds the key of a framed event. What {@link EventFramer} writes is in ascending order of fields, so it is soon found. */
public final class EventKeys {
    private static final int FIELD_SHIFT = 3;
    private static final int MORE = 0x80;
    private static final int BITS = 7;

    private EventKeys() {}

    /**
     * The key, without a copy; {@code null} when the event has none. An empty key is a key.
     *
     * @param bytes a page
     * @param start index of the event's first byte, as {@link EventFramer} writes it
     * @param end index behind its last byte
     */
    public static @Nullable ByteBuffer keyOf(byte[] bytes, int start, int end) {
        int at = afterVarint(bytes, afterVarint(bytes, start)); // tag and length of events
        int received = at;
        int event = afterVarint(bytes, afterVarint(bytes, received)); // tag and length of event
        int eventEnd = event + varint(bytes, afterVarint(bytes, received));
        for (at = event; at < Math.min(eventEnd, end); ) {
            int field = varint(bytes, at) >>> FIELD_SHIFT;
            int lengthAt = afterVarint(bytes, at);
            int valueAt = afterVarint(bytes, lengthAt);
            int lengthBytes = varint(bytes, lengthAt);
            if (field == Event.KEY_FIELD_NUMBER) {
                return ByteBuffer.wrap(bytes, valueAt, lengthBytes);
            }
            if (field > Event.KEY_FIELD_NUMBER) {
                return null;
            }
            at = valueAt + lengthBytes;
        }
        return null;
    }

    private static int varint(byte[] bytes, int start) {
        int value = 0;
        int at = start;
        for (int shift = 0; ; shift += BITS) {
            byte next = bytes[at++];
            value |= (next & (MORE - 1)) << shift;
            if ((next & MORE) == 0) {
                return value;
            }
        }
    }

    private static int afterVarint(byte[] bytes, int start) {
        int at = start;
        while ((bytes[at] & MORE) != 0) {
            at++;
        }
        return at + 1;
    }
}
