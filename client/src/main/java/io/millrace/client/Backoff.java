// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next try: twice as long each time, up to a bound, with jitter, without end.
 *
 * <p>The jitter takes up to half off, so that clients which lost the same server do not come back at once.
 *
 * @param first the longest wait before the second try
 * @param max the longest wait of all
 */
public record Backoff(Duration first, Duration max) {
    /** 100 ms to 10 s. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));

    private static final int MAX_DOUBLINGS = 30;

    /** Checks the bounds. */
    public Backoff {
        if (first.isNegative() || first.isZero() || first.compareTo(max) > 0) {
            throw new IllegalArgumentException("backoff from " + first + " to " + max + " is not a growing wait");
        }
    }

    /** The wait after this many failures in a row, at least 1. */
    public Duration delay(int failures) {
        double doubled = first.toNanos() * Math.pow(2, Math.min(failures - 1, MAX_DOUBLINGS));
        double bounded = Math.min(doubled, max.toNanos());
        return jittered(Duration.ofNanos((long) bounded));
    }

    /** A wait between half of this and all of it. */
    public static Duration jittered(Duration longest) {
        return Duration.ofNanos(
                (long) (longest.toNanos() * (0.5 + ThreadLocalRandom.current().nextDouble() / 2)));
    }
}
