// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * When each event of a paced run is due. Immutable.
 *
 * @param startNanos when the first event is due, by {@link System#nanoTime}
 * @param eventsPerSecond the pace
 */
record Pace(long startNanos, int eventsPerSecond) {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NAP_NANOS = 200_000;

    /** When an event is due, counted from 0. */
    long dueNanos(long event) {
        return startNanos + event * NANOS_PER_SECOND / eventsPerSecond;
    }

    /**
     * Hands over each event when it is due, or as soon after as it is taken. Blocks.
     *
     * @param events how many
     * @param taken hands over the event of this number; false when there is no room for it now
     * @param deadlineNanos when to give up
     * @return false when it gave up
     */
    boolean run(long events, LongPredicate taken, long deadlineNanos) {
        for (long next = 0; next < events; ) {
            long now = System.nanoTime();
            if (now - deadlineNanos > 0) {
                return false;
            }
            if (now - dueNanos(next) < 0) {
                LockSupport.parkNanos(Math.min(NAP_NANOS, dueNanos(next) - now));
            } else if (taken.test(next)) {
                next++;
            } else {
                LockSupport.parkNanos(NAP_NANOS);
            }
        }
        return true;
    }
}
