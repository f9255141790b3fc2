// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.stage.Measurement;
import java.util.function.IntFunction;

/**
 * Slices of a paced run before anything counts, until the median latency has come to rest: while the just-in-time
 * compilers still work on two busy cores, which takes them more than a minute, it falls from slice to slice.
 *
 * @param sliceMillis how long each takes
 * @param least how many at least
 * @param most how many at most
 */
record WarmUp(int sliceMillis, int least, int most) {
    static final WarmUp QUICK = new WarmUp(1_500, 1, 1);
    static final WarmUp FULL = new WarmUp(10_000, 4, 12);

    /** A median above this part of the best one so far falls no more. */
    private static final double RESTING = 0.9;

    /**
     * Runs them.
     *
     * @param slice runs for so many milliseconds
     */
    void run(IntFunction<Measurement> slice) {
        double best = Double.MAX_VALUE;
        boolean rests = false;
        for (int i = 0; i < most && !(rests && i >= least); i++) {
            double median = slice.apply(sliceMillis).done().requireLatency().p50();
            rests = median > RESTING * best;
            best = Math.min(best, median);
        }
    }
}
