// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting of the thread that conducts a run. */
public final class Patience {
    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(2).toNanos();

    private Patience() {}

    /** Waits until it is true; false when it was not in time. Throws IllegalStateException when interrupted. */
    public static boolean until(BooleanSupplier condition, Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            rest(LOOK_EVERY_NANOS);
        }
        return true;
    }

    /** Lets time pass. */
    public static void pass(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = deadline - System.nanoTime()) {
            rest(left);
        }
    }

    private static void rest(long nanos) {
        LockSupport.parkNanos(nanos);
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("interrupted");
        }
    }
}
