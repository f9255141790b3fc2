// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.ArrayList;
import java.util.List;

/** Numbers one after another, 8 bytes each, never copied while it grows. One thread at a time writes. */
final class LongColumn {
    private static final int CHUNK_BITS = 14;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final List<long[]> chunks = new ArrayList<>();
    private final int most;
    private int size;

    /**
     * @param most how many it takes
     */
    LongColumn(int most) {
        this.most = most;
    }

    /** Errors with IllegalStateException when it is full. */
    void add(long value) {
        if (size == most) {
            throw new IllegalStateException("a journal of " + most + " entries is full");
        }
        if (size == chunks.size() << CHUNK_BITS) {
            chunks.add(new long[CHUNK]);
        }
        chunks.get(size >> CHUNK_BITS)[size & CHUNK - 1] = value;
        size++;
    }

    long get(int index) {
        return chunks.get(index >> CHUNK_BITS)[index & CHUNK - 1];
    }

    int size() {
        return size;
    }
}
