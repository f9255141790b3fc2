// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.stage.Measurement;
import java.time.Duration;
import java.util.function.IntFunction;

/**
 * Two ways to move events as fast as each can.
 *
 * <p>While they warm up they find out how many events the slower one moves in a window; every run that counts moves that
 * many, so it takes about as long on a slow disk as on a fast one.
 *
 * @param maxEvents most events of one run
 * @param warmUp how long each runs before anything counts
 * @param window how long a run that counts is to take
 * @param pairs how often both are measured
 */
record Race(int maxEvents, Duration warmUp, Duration window, int pairs) {
    private static final int FIRST_EVENTS = 5_000;

    /** Each moves as many events as it is told, and tells what that took. */
    Pairs between(IntFunction<Measurement> ours, IntFunction<Measurement> theirs) {
        int events = Math.min(warmUp(ours), warmUp(theirs));
        return Pairs.measure(pairs, () -> ours.apply(events), () -> theirs.apply(events));
    }

    /** Returns how many events have filled a window at the best speed seen. */
    private int warmUp(IntFunction<Measurement> contender) {
        long spentNanos = 0;
        int events = Math.min(FIRST_EVENTS, maxEvents);
        while (spentNanos < warmUp.toNanos()) {
            long tookNanos = contender.apply(events).done().nanos();
            spentNanos += tookNanos;
            events = Math.max(events, fitting(events, tookNanos));
        }
        return events;
    }

    private int fitting(int events, long tookNanos) {
        double perWindow = (double) events * window.toNanos() / tookNanos;
        return (int) Math.max(1, Math.min(maxEvents, perWindow));
    }
}
