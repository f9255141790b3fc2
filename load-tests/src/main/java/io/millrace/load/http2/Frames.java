// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.http2;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes frames of HTTP/2 (RFC 9113, section 6), right or wrong. Nothing is checked. */
final class Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LITERAL_WITHOUT_INDEXING = 0;
    private static final int LONGEST_SHORT_TEXT = 126;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Beginning with a preface and empty settings. */
    static Frames connection() {
        return new Frames().raw(PREFACE).frame(SETTINGS, 0, 0, new byte[0]);
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    Frames raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    Frames frame(int type, int flags, int stream, byte[] payload) {
        return frame(payload.length, type, flags, stream, payload);
    }

    /** A frame that says another length than it has. */
    Frames frame(int saidLength, int type, int flags, int stream, byte[] payload) {
        bytes.write(saidLength >>> 16);
        bytes.write(saidLength >>> 8);
        bytes.write(saidLength);
        bytes.write(type);
        bytes.write(flags);
        return raw(number(stream)).raw(payload);
    }

    /** The headers of a gRPC call. */
    Frames call(int stream, String path, int moreFlags) {
        return frame(HEADERS, END_HEADERS | moreFlags, stream, callHeaders(path));
    }

    /** A gRPC message in a data frame. */
    Frames message(int stream, int flags, byte[] message) {
        return frame(DATA, flags, stream, prefixed(0, message.length, message));
    }

    static byte[] prefixed(int compressed, int saidLength, byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) compressed)
                .putInt(saidLength)
                .put(message)
                .array();
    }

    static byte[] callHeaders(String path) {
        return headers(
                ":method",
                "POST",
                ":scheme",
                "http",
                ":path",
                path,
                ":authority",
                "localhost",
                "content-type",
                "application/grpc",
                "te",
                "trailers");
    }

    /** A header block (RFC 7541, section 6.2.2): names and values in turn, none of them indexed. */
    static byte[] headers(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i++) {
            if (i % 2 == 0) {
                block.write(LITERAL_WITHOUT_INDEXING);
            }
            byte[] text = namesAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
            writeLength(block, text.length);
            block.writeBytes(text);
        }
        return block.toByteArray();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    /** RFC 7541, section 5.1, with a prefix of seven bits. */
    private static void writeLength(ByteArrayOutputStream block, int length) {
        if (length <= LONGEST_SHORT_TEXT) {
            block.write(length);
            return;
        }
        block.write(0x7F);
        int rest = length - 0x7F;
        while (rest >= 0x80) {
            block.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        block.write(rest);
    }
}
