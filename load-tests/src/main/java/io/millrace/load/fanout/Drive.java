// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Drives one server at the full speed that its slowest subscriber can take: never more than a window of events is under
 * way to any of them. The same for every server. Owned by one thread, which it keeps busy.
 */
final class Drive implements AutoCloseable {
    /** Small enough to stay inside Millrace's ring, large enough to keep 1 ms of any server's output under way. */
    static final long WINDOW_EVENTS = 16_384;

    private static final long PACE_NANOS = 500_000;
    private static final long STEP_NANOS = 200_000_000;
    private static final long MOST_BUSY = 4;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final FanOutServer server;
    private final Subscribers subscribers;
    private final Supplier<Duration> cpuTime;

    private Drive(FanOutServer server, Subscribers subscribers, Supplier<Duration> cpuTime) {
        this.server = server;
        this.subscribers = subscribers;
        this.cpuTime = cpuTime;
    }

    /**
     * Subscribes to an idle server, and returns when all have got through.
     *
     * @param cpuTime CPU time of the server so far
     */
    static Drive of(Contestant contestant, FanOutServer server, int subscribers, Supplier<Duration> cpuTime) {
        Drive drive =
                new Drive(server, Subscribers.open(contestant, server.port(), subscribers, server.fed()), cpuTime);
        drive.await(
                "subscribers have not all got through",
                () -> drive.subscribers.areOpened() && server.subscribers() == subscribers);
        return drive;
    }

    /**
     * Runs up to speed, measures, and waits until everything has arrived, so the machine is idle afterwards.
     *
     * @param runUp time before the measurement
     * @param window time of the measurement
     */
    FanOutSample run(Duration runUp, Duration window) {
        paceUntil(System.nanoTime() + runUp.toNanos());
        Reading first = read();
        paceUntil(first.nanos + window.toNanos());
        Reading last = read();
        awaitAll();
        return last.since(first);
    }

    /**
     * Runs at full speed until the server has used this much CPU time, which on a busy machine takes longer than on an
     * idle one; at most four times as long.
     */
    void warmUp(Duration cpu) {
        Duration end = cpuTime.get().plus(cpu);
        long deadlineNanos = System.nanoTime() + MOST_BUSY * cpu.toNanos();
        while (cpuTime.get().compareTo(end) < 0 && System.nanoTime() - deadlineNanos < 0) {
            paceUntil(System.nanoTime() + STEP_NANOS);
        }
        awaitAll();
    }

    /** Feeds exactly this many events, and waits until all have arrived everywhere. */
    void runEvents(long events) {
        long end = server.fed() + events;
        while (server.fed() < end) {
            feedUntil(Math.min(end, subscribers.slowest() + WINDOW_EVENTS));
            pause();
        }
        awaitAll();
    }

    /** Sum of the offsets that the subscribers have got to. */
    long received() {
        return subscribers.progress().received();
    }

    /** How often the server has gone back to the log for one of the subscribers. */
    long fellBehind() {
        return subscribers.fellBehind();
    }

    /** Ends the subscriptions, and returns when the server has noticed. */
    @Override
    public void close() {
        subscribers.close();
        await("subscribers have not all left", () -> server.subscribers() == 0);
    }

    private void paceUntil(long endNanos) {
        while (System.nanoTime() - endNanos < 0) {
            feedUntil(subscribers.slowest() + WINDOW_EVENTS);
            pause();
        }
        subscribers.check();
    }

    private void awaitAll() {
        await("events have not all arrived", () -> subscribers.slowest() == server.fed());
        subscribers.check();
    }

    private void feedUntil(long offset) {
        if (offset > server.fed()) {
            server.feedUntil(offset);
        }
    }

    private Reading read() {
        return new Reading(System.nanoTime(), subscribers.progress(), cpuTime.get());
    }

    private void await(String otherwise, BooleanSupplier done) {
        long startNanos = System.nanoTime();
        while (!done.getAsBoolean()) {
            subscribers.check();
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                throw new IllegalStateException(otherwise + " after 30 s");
            }
            pause();
        }
    }

    private static void pause() {
        LockSupport.parkNanos(PACE_NANOS);
    }

    private record Reading(long nanos, Subscriber.Progress progress, Duration cpu) {
        FanOutSample since(Reading first) {
            return new FanOutSample(
                    Duration.ofNanos(nanos - first.nanos),
                    progress.received() - first.progress.received(),
                    progress.messages() - first.progress.messages(),
                    cpu.minus(first.cpu));
        }
    }
}
