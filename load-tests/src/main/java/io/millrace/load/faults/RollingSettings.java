// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.time.Duration;

/**
 * How often the brokers are restarted in turn, and how much goes through them meanwhile.
 *
 * @param seed what the events follow from
 * @param restarts how often both brokers are restarted, one after the other
 * @param every from the beginning of one such restart to that of the next, or longer where it takes longer
 * @param eventsPerSecond pace of all publishers together
 */
public record RollingSettings(long seed, int restarts, Duration every, int eventsPerSecond) {
    /** Longest time that a broker may take from SIGTERM to its end. */
    public static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

    private static final int DEFAULT_EVENTS_PER_SECOND = 5_000;
    private static final Duration BEFORE_AND_AFTER = Duration.ofMinutes(2);
    private static final int MOST_EVENTS = 20_000_000;

    /** Checks it. */
    public RollingSettings {
        if (restarts < 1 || every.isNegative() || every.isZero() || eventsPerSecond < 1) {
            throw new IllegalArgumentException(restarts + " restarts every " + every + " are no run");
        }
        if (events(restarts, every, eventsPerSecond) > MOST_EVENTS) {
            throw new IllegalArgumentException(restarts + " restarts every " + every.toSeconds()
                    + " s are more than the journals hold: " + MOST_EVENTS + " events");
        }
    }

    /** At 5,000 events a second. */
    public static RollingSettings of(long seed, int restarts, Duration every) {
        return new RollingSettings(seed, restarts, every, DEFAULT_EVENTS_PER_SECOND);
    }

    /** What a publisher needs to know; it may send four times as much as is expected. */
    FaultSettings publishing(boolean identity) {
        return new FaultSettings(seed, mostEvents(), 0, eventsPerSecond, identity);
    }

    /** More than will be published where restarts do not take much longer than they should. */
    int mostEvents() {
        return (int) Math.max(FaultSettings.PUBLISHERS, events(restarts, every, eventsPerSecond));
    }

    private static long events(int restarts, Duration every, int eventsPerSecond) {
        return (long) (((double) restarts * every.toMillis() + BEFORE_AND_AFTER.toMillis()) * eventsPerSecond / 1_000);
    }
}
