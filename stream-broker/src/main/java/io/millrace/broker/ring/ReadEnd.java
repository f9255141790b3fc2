// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import java.util.Arrays;

/**
 * Where a read of one partition ends, exclusive: at an offset, or at the first record of a time, whichever comes first.
 *
 * @param offset first offset that does not belong to the read; {@code Long.MAX_VALUE} for none
 * @param recordTimeMillis record time that does not belong to the read any more; {@code Long.MAX_VALUE} for none
 */
public record ReadEnd(long offset, long recordTimeMillis) {
    /** A read that never ends. */
    public static final ReadEnd NEVER = new ReadEnd(Long.MAX_VALUE, Long.MAX_VALUE);

    /** A read that ends before an offset. */
    public static ReadEnd atOffset(long offset) {
        return new ReadEnd(offset, Long.MAX_VALUE);
    }

    /** A read that ends before the first record at or after a time. */
    public static ReadEnd atTime(long recordTimeMillis) {
        return new ReadEnd(Long.MAX_VALUE, recordTimeMillis);
    }

    /** True when a reader at {@code nextOffset} has read everything. */
    public boolean reachedAt(long nextOffset) {
        return nextOffset >= offset;
    }

    /** The first index in {@code [from, to)} that is at or behind the end; {@code to} when none is. */
    int limit(long[] offsets, long[] recordTimesMillis, int from, int to) {
        int limit = to;
        if (offset != Long.MAX_VALUE && from < to) {
            int found = Arrays.binarySearch(offsets, from, to, offset);
            limit = found >= 0 ? found : -found - 1;
        }
        if (recordTimeMillis != Long.MAX_VALUE) {
            for (int i = from; i < limit; i++) {
                if (recordTimesMillis[i] >= recordTimeMillis) {
                    return i;
                }
            }
        }
        return limit;
    }
}
