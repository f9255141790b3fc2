// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import io.netty.buffer.ByteBuf;

/** Finds where frames begin in the bytes of one direction of a connection. Not thread-safe. */
final class FrameStarts {
    private static final int HTTP2_PREFACE_BYTES = 24;
    private static final int HTTP2_HEAD_BYTES = 9;
    private static final int HTTP2_LENGTH_BYTES = 3;
    private static final int KAFKA_HEAD_BYTES = 4;

    private final Framing framing;
    private final int headBytes;
    private final int lengthBytes;
    /** Bytes before the next head. */
    private long skip;
    /** Bytes of a head that have come. */
    private int headCame;

    private long length;

    FrameStarts(Framing framing, Direction direction) {
        this.framing = framing;
        boolean isHttp2 = framing == Framing.HTTP2;
        this.headBytes = isHttp2 ? HTTP2_HEAD_BYTES : KAFKA_HEAD_BYTES;
        this.lengthBytes = isHttp2 ? HTTP2_LENGTH_BYTES : KAFKA_HEAD_BYTES;
        this.skip = isHttp2 && direction == Direction.TO_SERVER ? HTTP2_PREFACE_BYTES : 0;
    }

    /** Goes on over these bytes; returns the index of the first frame that begins in them, or -1. */
    int advance(ByteBuf bytes) {
        if (framing == Framing.NONE) {
            return bytes.isReadable() ? bytes.readerIndex() : -1;
        }
        int first = -1;
        int index = bytes.readerIndex();
        while (index < bytes.writerIndex()) {
            if (skip > 0) {
                int skipped = (int) Math.min(skip, bytes.writerIndex() - index);
                skip -= skipped;
                index += skipped;
                continue;
            }
            if (headCame == 0 && first < 0) {
                first = index;
            }
            head(bytes.getUnsignedByte(index));
            index++;
        }
        return first;
    }

    private void head(int value) {
        if (headCame < lengthBytes) {
            length = length << 8 | value;
        }
        headCame++;
        if (headCame == headBytes) {
            skip = length;
            headCame = 0;
            length = 0;
        }
    }
}
