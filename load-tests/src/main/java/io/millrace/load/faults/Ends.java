// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/** How far each partition is known to reach: behind the highest offset that was acknowledged. Thread-safe. */
public final class Ends {
    private final AtomicLongArray ends = new AtomicLongArray(FaultSettings.PARTITIONS);

    /** An offset is known. */
    public void reached(int partition, long end) {
        ends.accumulateAndGet(partition, end, Math::max);
    }

    /** A place in each partition, at most so many offsets before its end. */
    public long[] someOffsets(SplittableRandom random, int mostBehind) {
        long[] offsets = new long[FaultSettings.PARTITIONS];
        for (int partition = 0; partition < offsets.length; partition++) {
            long end = ends.get(partition);
            offsets[partition] = end - random.nextLong(Math.min(end, mostBehind) + 1);
        }
        return offsets;
    }
}
