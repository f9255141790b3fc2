// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.ByteString;
import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicPartition;

/**
 * How far one partition has come in, and the proof that nothing is missing before that.
 *
 * <p>Each batch names the offset that came before it. It must be one that has come, or that the server has said it
 * passed; then nothing lies between. Not thread-safe.
 */
final class ReceivedPlace {
    private final TopicPartition partition;
    private ByteString token;
    /** First offset that the user has not been promised: everything below it has come or will not come. */
    private long nextOffset;
    /** The chain on the call in progress: the last offset of its batches, or the one before its start. */
    private long lastSent;

    ReceivedPlace(Place start) {
        partition = start.partition();
        token = start.token();
        nextOffset = start.nextOffset();
        lastSent = nextOffset - 1;
    }

    /** A new call begins there, which may lie before what has come already. */
    void reopen(long startOffset, ByteString itsToken) {
        token = itsToken;
        lastSent = Math.min(startOffset, nextOffset) - 1;
    }

    /**
     * Takes a batch in. Returns the index of its first event that has not come before. Throws CHAIN_BROKEN when
     * something before it is missing, or when it came before on the same call.
     */
    int accept(EncodedBatch batch) {
        long previous = batch.previousOffset();
        if (previous < lastSent || previous >= nextOffset) {
            throw broken("follows offset " + previous);
        }
        int firstNew = 0;
        long last = previous;
        for (int i = 0; i < batch.size(); i++) {
            long offset = batch.offset(i);
            if (offset <= last) {
                throw broken("has offset " + offset + " after " + last);
            }
            last = offset;
            if (last < nextOffset) {
                firstNew++;
            }
        }
        lastSent = last;
        token = batch.place().getToken();
        pass(Math.max(last + 1, batch.place().getNextOffset()));
        return firstNew;
    }

    /** The server has said that everything below this has been sent or will not be. */
    void pass(long offset) {
        nextOffset = Math.max(nextOffset, offset);
    }

    /** The same, in a place with this token. */
    void pass(long offset, ByteString itsToken) {
        token = itsToken;
        pass(offset);
    }

    /** The log itself was cut or made anew: what comes next is this, even where that lies before. */
    void restart(long offset) {
        nextOffset = offset;
        lastSent = offset - 1;
    }

    Place place() {
        return new Place(partition, nextOffset, token);
    }

    private MillraceException broken(String what) {
        return MillraceException.of(
                Reason.CHAIN_BROKEN,
                "a batch of " + partition + " " + what + ", but events " + (lastSent + 1) + ".." + (nextOffset - 1)
                        + " are the last that came");
    }
}
