// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.flow;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a subscriber has requested and not received (Reactive Streams §1.1, §3.17): grows from any thread, shrinks where
 * it is served. Demand of {@code Long.MAX_VALUE} is endless and does not shrink.
 */
public final class Demand {
    private final AtomicLong outstanding = new AtomicLong();

    /**
     * Adds a request.
     *
     * @throws IllegalArgumentException when {@code n} is not positive (§3.9)
     */
    public void add(long n) {
        if (n <= 0) {
            throw new IllegalArgumentException("§3.9: a request for " + n + " elements is not positive");
        }
        outstanding.accumulateAndGet(n, Demand::sum);
    }

    /** One element has been served. Call it only while there is demand. */
    public void served() {
        outstanding.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
    }

    /** True when something may be sent. */
    public boolean exists() {
        return outstanding.get() > 0;
    }

    /** Elements that may be sent. */
    public long outstanding() {
        return outstanding.get();
    }

    private static long sum(long left, long right) {
        long sum = left + right;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
