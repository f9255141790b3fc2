// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads from what a server has sent how it ended calls and connection. What is cut off is passed over. */
final class ServerFrames {
    private static final int FRAME_HEADER_BYTES = 9;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int GOAWAY = 7;
    private static final String STATUS = "grpc-status";

    private ServerFrames() {}

    static List<String> seenIn(ByteBuffer bytes) {
        Set<String> seen = new LinkedHashSet<>();
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
        while (bytes.remaining() >= FRAME_HEADER_BYTES) {
            int start = bytes.position();
            int length = bytes.getInt(start) >>> 8;
            int type = bytes.get(start + 3);
            int stream = bytes.getInt(start + 5);
            if (bytes.remaining() - FRAME_HEADER_BYTES < length) {
                break;
            }
            ByteBuffer payload = bytes.slice(start + FRAME_HEADER_BYTES, length);
            switch (type) {
                case HEADERS -> seen.addAll(statuses(decoder, stream, payload));
                case RST_STREAM -> seen.add("RST_STREAM " + payload.getInt(0));
                case GOAWAY -> seen.add("GOAWAY " + payload.getInt(4));
                default -> {}
            }
            bytes.position(start + FRAME_HEADER_BYTES + length);
        }
        return new ArrayList<>(seen);
    }

    private static List<String> statuses(DefaultHttp2HeadersDecoder decoder, int stream, ByteBuffer block) {
        ByteBuf bytes = Unpooled.wrappedBuffer(block);
        try {
            Http2Headers headers = decoder.decodeHeaders(stream, bytes);
            CharSequence status = headers.get(STATUS);
            return status == null ? List.of() : List.of(STATUS + " " + status);
        } catch (Http2Exception e) {
            return List.of("headers that cannot be read");
        }
    }
}
