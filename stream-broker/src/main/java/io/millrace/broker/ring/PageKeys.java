// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * What a ring that follows keys notes about each event of a page. The ring's writer writes; of readers, only
 * {@link #successor} may be called on another thread.
 */
final class PageKeys {
    /** No event of the same key has come since, as far as this reader may know. */
    static final long NONE = Long.MAX_VALUE;

    static final int BYTES_PER_EVENT = 2 * Long.BYTES + Integer.BYTES;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] successors;
    private final long[] chained;
    private final int[] hashes;

    PageKeys(int events) {
        successors = new long[events];
        Arrays.fill(successors, NONE);
        chained = new long[events];
        hashes = new int[events];
    }

    /**
     * Offset of the next event with the same key. A reader that has seen the ring's head at {@code h} is sure to see
     * every successor below {@code h}; of later ones it may see {@link #NONE}.
     */
    long successor(int index) {
        return (long) LONGS.getOpaque(successors, index);
    }

    void succeed(int index, long offset) {
        LONGS.setOpaque(successors, index, offset);
    }

    int hash(int index) {
        return hashes[index];
    }

    /** The event behind this one in its chain. */
    long chained(int index) {
        return chained[index];
    }

    void chain(int index, int hash, long location) {
        hashes[index] = hash;
        chained[index] = location;
    }

    void rechain(int index, long location) {
        chained[index] = location;
    }
}
