// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import io.netty.buffer.ByteBuf;

/** Finds out what a client of Kafka asks, from the bytes that it sends on one connection. Not thread-safe. */
final class KafkaRequests {
    /** No request has this number. */
    static final int NONE = -1;

    private static final int LENGTH_BYTES = 4;
    private static final int NUMBER_BYTES = 2;

    /** Bytes of a head that have come: a length and, counted in it, a number. */
    private int headCame;

    private long length;
    private int number;
    /** Bytes before the next head. */
    private long skip;

    /** Goes on over these bytes; true when the head of a request of this number ends in them. */
    boolean advance(ByteBuf bytes, int wanted) {
        boolean found = false;
        int index = bytes.readerIndex();
        while (index < bytes.writerIndex()) {
            if (skip > 0) {
                int skipped = (int) Math.min(skip, bytes.writerIndex() - index);
                skip -= skipped;
                index += skipped;
            } else {
                found |= head(bytes.getUnsignedByte(index)) && number == wanted;
                index++;
            }
        }
        return found;
    }

    /** True when the head is whole. */
    private boolean head(int value) {
        if (headCame == 0) {
            length = 0;
            number = 0;
        }
        if (headCame < LENGTH_BYTES) {
            length = length << 8 | value;
        } else {
            number = number << 8 | value;
        }
        headCame++;
        if (headCame < LENGTH_BYTES + NUMBER_BYTES) {
            return false;
        }
        headCame = 0;
        skip = length - NUMBER_BYTES;
        return true;
    }
}
