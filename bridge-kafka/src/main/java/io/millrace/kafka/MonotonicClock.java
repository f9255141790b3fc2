// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/** Begins with the machine's time and never goes back or jumps, whatever becomes of the machine's clock. */
final class MonotonicClock extends Clock {
    private final Instant start;
    private final long startNanos;
    private final ZoneId zone;

    private MonotonicClock(Instant start, long startNanos, ZoneId zone) {
        this.start = start;
        this.startNanos = startNanos;
        this.zone = zone;
    }

    /** Begins now, in UTC. */
    static MonotonicClock start() {
        Clock machine = Clock.systemUTC();
        return new MonotonicClock(machine.instant(), System.nanoTime(), machine.getZone());
    }

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new MonotonicClock(start, startNanos, other);
    }
}
