// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Keeps a pace that is never made up for: what was late stays late. Owned by one thread. */
final class Steady {
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final long intervalNanos;
    private long dueNanos = System.nanoTime();

    Steady(double perSecond) {
        intervalNanos = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    }

    /** Blocks until the next one is due. */
    void await() {
        long now = System.nanoTime();
        long leftNanos = dueNanos - now;
        if (leftNanos > SHORTEST_PAUSE_NANOS) {
            LockSupport.parkNanos(leftNanos);
        }
        dueNanos = Math.max(dueNanos, now - TimeUnit.MILLISECONDS.toNanos(10)) + intervalNanos;
    }
}
