// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.millrace.core.event.Bytes;
import java.nio.charset.StandardCharsets;

/**
 * Writes protobuf from its end to its beginning, so that the length of a nested message is known when its turn comes and
 * nothing is measured beforehand. Fields are therefore written in descending order. The buffer grows by need and is kept
 * for the next use. Not thread-safe.
 */
final class ReverseWriter {
    private static final int INITIAL_BYTES = 4096;

    private byte[] buffer = new byte[INITIAL_BYTES];
    private int start = INITIAL_BYTES;

    /** Forgets what was written. */
    void clear() {
        start = buffer.length;
    }

    /** Bytes written so far; the difference of two readings is the length of what was written between. */
    int written() {
        return buffer.length - start;
    }

    byte[] buffer() {
        return buffer;
    }

    /** Index in {@link #buffer} of the first byte written; all that follow belong to it too. */
    int start() {
        return start;
    }

    void tag(int field, int wireType) {
        varint(field << 3 | wireType);
    }

    /** Closes a nested message or a run of bytes of this length: its length and its tag. */
    void delimited(int field, int lengthBytes) {
        varint(lengthBytes);
        tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    void varint(long value) {
        if ((value & ~0x7FL) == 0) { // most lengths and all tags
            prepend(1);
            buffer[start] = (byte) value;
            return;
        }
        prepend(CodedOutputStream.computeUInt64SizeNoTag(value));
        int at = start;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[at] = (byte) rest;
    }

    /** A number, left out when zero as proto3 does. */
    void number(int field, long value) {
        if (value != 0) {
            varint(value);
            tag(field, WireFormat.WIRETYPE_VARINT);
        }
    }

    /** A text, left out when empty as proto3 does. */
    void text(int field, String value) {
        if (!value.isEmpty()) {
            presentText(field, value);
        }
    }

    /** A text that is written even when empty, as the entries of a map are. */
    void presentText(int field, String value) {
        int before = written();
        utf8(value);
        delimited(field, written() - before);
    }

    /** Bytes that are written even when empty, as an optional field is. */
    void presentBytes(int field, Bytes value) {
        raw(value.array());
        delimited(field, value.length());
    }

    private void utf8(String value) {
        int length = value.length();
        prepend(length);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                start += length;
                raw(value.getBytes(StandardCharsets.UTF_8));
                return;
            }
            buffer[start + i] = (byte) c;
        }
    }

    private void raw(byte[] bytes) {
        prepend(bytes.length);
        System.arraycopy(bytes, 0, buffer, start, bytes.length);
    }

    /** Moves the start back by this many bytes, which the caller then writes. */
    private void prepend(int bytes) {
        if (bytes > start) {
            int written = written();
            byte[] larger = new byte[Math.max(buffer.length * 2, written + bytes)];
            System.arraycopy(buffer, start, larger, larger.length - written, written);
            buffer = larger;
            start = larger.length - written;
        }
        start -= bytes;
    }
}
