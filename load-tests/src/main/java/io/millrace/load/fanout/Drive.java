// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Drives one server at the full speed that its slowest subscriber can take: never more than a window of events is under
 * way to any of them. The same for every server. Owned by one thread, which it keeps busy.
 */
final class Drive implements Racer {
    /** Small enough to stay inside Millrace's ring, large enough to keep 1 ms of any server's output under way. */
    static final long WINDOW_EVENTS = 16_384;

    private static final long PACE_NANOS = 500_000;
    private static final long STEP_NANOS = 2_000_000_000;
    private static final long MOST_BUSY = 4;

    /** A compiler that works for less than this part of the server's CPU time is at rest. */
    private static final long RESTING_COMPILER = 10;

    private static final int RESTFUL_STEPS = 2;

    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Contender contender;
    private final Feeder feeder;
    private final Subscribers subscribers;

    private Drive(Contender contender, Subscribers subscribers) {
        this.contender = contender;
        this.feeder = contender.feeder();
        this.subscribers = subscribers;
    }

    /** Subscribes to an idle server, and returns when all have got through. */
    static Drive of(Contender contender, int subscribers) {
        FanOutServer server = contender.server();
        Drive drive = new Drive(
                contender,
                Subscribers.open(
                        contender.contestant(),
                        server.port(),
                        subscribers,
                        contender.feeder().fed()));
        drive.await(
                "subscribers have not all got through",
                () -> drive.subscribers.areOpened() && server.subscribers() == subscribers);
        return drive;
    }

    @Override
    public FanOutSample run(Duration runUp, Duration window) {
        paceUntil(System.nanoTime() + runUp.toNanos());
        Reading first = read();
        paceUntil(first.nanos + window.toNanos());
        Reading last = read();
        awaitAll();
        return last.since(first);
    }

    /**
     * Runs at full speed until the server has used this much CPU time and its just-in-time compiler has come to rest:
     * what it still compiles while others wait for the CPU would count as the server's own cost. On a busy machine that
     * takes longer than on an idle one; at most four times as long.
     */
    void warmUp(Duration cpu) {
        Duration end = cpuTime().plus(cpu);
        long deadlineNanos = System.nanoTime() + MOST_BUSY * cpu.toNanos();
        int restful = 0;
        while ((restful < RESTFUL_STEPS || cpuTime().compareTo(end) < 0) && System.nanoTime() - deadlineNanos < 0) {
            restful = compilerRests() ? restful + 1 : 0;
        }
        awaitAll();
    }

    /** Runs for a step, and tells whether the server's compiler worked for only a small part of its CPU time. */
    private boolean compilerRests() {
        Duration usedBefore = cpuTime();
        Duration compiledBefore = contender.compiled().get();
        paceUntil(System.nanoTime() + STEP_NANOS);
        Duration compiled = contender.compiled().get().minus(compiledBefore);
        return compiled.multipliedBy(RESTING_COMPILER).compareTo(cpuTime().minus(usedBefore)) <= 0;
    }

    /** Feeds exactly this many events, and waits until all have arrived everywhere. */
    void runEvents(long events) {
        long end = feeder.fed() + events;
        while (feeder.fed() < end) {
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
        await("subscribers have not all left", () -> contender.server().subscribers() == 0);
    }

    private void paceUntil(long endNanos) {
        while (System.nanoTime() - endNanos < 0) {
            feedUntil(subscribers.slowest() + WINDOW_EVENTS);
            pause();
        }
        subscribers.check();
    }

    private void awaitAll() {
        await("events have not all arrived", () -> subscribers.slowest() == feeder.fed());
        subscribers.check();
    }

    private void feedUntil(long offset) {
        if (offset > feeder.fed()) {
            feeder.feedUntil(offset);
        }
    }

    private Reading read() {
        return new Reading(System.nanoTime(), subscribers.progress(), cpuTime());
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

    private Duration cpuTime() {
        return contender.usage().get().cpu();
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
