// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.loop;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The timers of one stream, all of which end with it. Belongs to the stream's loop. */
public final class StreamTimers {
    private static final double JITTER = 0.1;

    /** Longer than any stream lives; the nanoseconds of what a client may ask for do not fit into a long. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private final EventExecutor loop;
    private final List<Future<?>> running = new ArrayList<>();

    /** No timers yet. */
    public StreamTimers(EventExecutor loop) {
        this.loop = loop;
    }

    /** Once, after a delay. */
    public void once(Duration delay, Runnable action) {
        Duration bounded = delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
        running.add(loop.schedule(action, Math.max(0, bounded.toNanos()), TimeUnit.NANOSECONDS));
    }

    /** Once, up to a tenth earlier or later, so that streams of the same age do not move together. */
    public void jittered(Duration delay, Runnable action) {
        double factor = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        once(Duration.ofNanos((long) (delay.toNanos() * factor)), action);
    }

    /** Again and again, with this pause between. */
    public void every(Duration interval, Runnable action) {
        running.add(loop.scheduleWithFixedDelay(action, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Ends all of them. */
    public void cancelAll() {
        running.forEach(timer -> timer.cancel(false));
        running.clear();
    }
}
