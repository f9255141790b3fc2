// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import com.google.protobuf.WireFormat;
import io.millrace.v1.Event;
import io.millrace.v1.ReceivedEvent;

/**
 * Walks the fields of a framed event once, in place. Relies on what the framer promises: the event is the first field, and
 * fields ascend, so the walk ends before the payload. Not thread-safe: one walk for each filter.
 */
final class EventFields {
    private static final int ENTRY_KEY = 1;

    private byte[] bytes = new byte[0];
    private int at;

    /** Takes what is found; start and end are places in the frame. */
    interface Found {
        void variable(int place, byte[] bytes, int start, int end);

        void attribute(byte[] bytes, int nameStart, int nameEnd, int start, int end);
    }

    /** The frame is {@code tag(events) length ReceivedEvent} in {@code bytes[start, end)}. */
    void walk(byte[] frame, int start, Found found) {
        bytes = frame;
        at = start;
        varint();
        int end = lengthEnd();
        while (at < end) {
            int tag = varint();
            if (WireFormat.getTagFieldNumber(tag) == ReceivedEvent.EVENT_FIELD_NUMBER) {
                event(lengthEnd(), found);
                return;
            }
            skip(tag);
        }
    }

    private void event(int end, Found found) {
        while (at < end) {
            int tag = varint();
            int field = WireFormat.getTagFieldNumber(tag);
            if (field > Event.KEY_FIELD_NUMBER) {
                return;
            }
            int place = Variable.placeOfField(field);
            if (place >= 0) {
                int valueEnd = lengthEnd();
                found.variable(place, bytes, at, valueEnd);
                at = valueEnd;
            } else if (field == Event.EXTENSIONS_FIELD_NUMBER) {
                entry(lengthEnd(), found);
            } else {
                skip(tag);
            }
        }
    }

    private void entry(int end, Found found) {
        int nameStart = at;
        int nameEnd = at;
        int valueStart = at;
        int valueEnd = at;
        while (at < end) {
            int field = WireFormat.getTagFieldNumber(varint());
            int textEnd = lengthEnd();
            if (field == ENTRY_KEY) {
                nameStart = at;
                nameEnd = textEnd;
            } else {
                valueStart = at;
                valueEnd = textEnd;
            }
            at = textEnd;
        }
        found.attribute(bytes, nameStart, nameEnd, valueStart, valueEnd);
    }

    private void skip(int tag) {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            at = lengthEnd();
        } else {
            varint();
        }
    }

    /** Reads a length and answers where what has it ends. */
    private int lengthEnd() {
        int length = varint();
        return at + length;
    }

    private int varint() {
        byte next = bytes[at++];
        int value = next & 0x7F;
        for (int shift = 7; next < 0; shift += 7) {
            next = bytes[at++];
            value |= shift < Integer.SIZE ? (next & 0x7F) << shift : 0;
        }
        return value;
    }
}
