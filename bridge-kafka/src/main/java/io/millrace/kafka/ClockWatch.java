// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when the machine's clock has gone back. Kafka's clients (4.4.0) tell by it how long they have waited ({@code
 * ProducerBatch.waitedTimeMs}, {@code ClusterConnectionStates.canConnect}, {@code Timer.update}): one that is to try again
 * in a moment does so when the clock is where it was.
 *
 * <p>Looks every second, on a thread of its own on which whoever is told may wait.
 */
final class ClockWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
    private static final long INTERVAL_SECONDS = 1;

    /** What a client waits longer for less than this is of the order of what it waits anyway. */
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final LongSupplier wallMillis;
    private final LongSupplier nanoTime;
    private final Consumer<Duration> wentBack;
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "millrace-clock-watch");
        thread.setDaemon(true);
        return thread;
    });
    private long aheadMillis;

    /**
     * A watch that does not look before {@link #start}.
     *
     * @param wallMillis the machine's clock
     * @param nanoTime a time that never goes back
     * @param wentBack told how far
     */
    ClockWatch(LongSupplier wallMillis, LongSupplier nanoTime, Consumer<Duration> wentBack) {
        this.wallMillis = wallMillis;
        this.nanoTime = nanoTime;
        this.wentBack = wentBack;
        this.aheadMillis = aheadMillis();
    }

    void start() {
        rounds.scheduleWithFixedDelay(this::look, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        rounds.shutdownNow();
    }

    /** What goes wrong with whoever is told does not end the watch. */
    void look() {
        long now = aheadMillis();
        Duration back = Duration.ofMillis(aheadMillis - now);
        aheadMillis = now;
        if (back.compareTo(LEAST) >= 0) {
            try {
                wentBack.accept(back);
            } catch (RuntimeException e) {
                LOG.warn("the machine's clock has gone back by {} s, and not all could be made anew", seconds(back), e);
            }
        }
    }

    private static double seconds(Duration time) {
        return time.toMillis() / (double) TimeUnit.SECONDS.toMillis(1);
    }

    /** Of the time that never goes back. */
    private long aheadMillis() {
        return wallMillis.getAsLong() - TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }
}
