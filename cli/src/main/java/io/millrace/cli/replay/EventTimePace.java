// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.replay;

import io.millrace.cli.console.Console;
import io.millrace.cli.option.Speed;
import io.millrace.cli.subscribe.Outflow;
import io.millrace.consumers.ReceivedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Holds each event back until as much time has passed since the first one as lay between them, over the speed. */
final class EventTimePace implements Outflow.Pace {
    private static final long LOOK_UP_NANOS = Duration.ofMillis(50).toNanos();

    private final Console console;
    private final Speed speed;
    private final LongSupplier nanoClock;
    private @Nullable Instant firstTime;
    private long firstNanos;

    EventTimePace(Console console, Speed speed, LongSupplier nanoClock) {
        this.console = console;
        this.speed = speed;
        this.nanoClock = nanoClock;
    }

    @Override
    public void await(ReceivedEvent event) {
        long wait = waitNanos(InOrderOfTime.timeOf(event));
        if (wait <= 0) {
            return;
        }
        console.out().flush();
        long due = nanoClock.getAsLong() + wait;
        for (long left = wait; left > 0 && !console.interrupts().raised(); left = due - nanoClock.getAsLong()) {
            LockSupport.parkNanos(Math.min(left, LOOK_UP_NANOS));
        }
    }

    /** How long an event of this time has to wait yet. The first one sets the beginning. */
    long waitNanos(Instant time) {
        if (firstTime == null) {
            firstTime = time;
            firstNanos = nanoClock.getAsLong();
            return 0;
        }
        double sinceFirst = Duration.between(firstTime, time).toMillis() * 1e6 / speed.factor();
        return (long) Math.min(sinceFirst - (nanoClock.getAsLong() - firstNanos), Long.MAX_VALUE / 4.0);
    }
}
