// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.core.event.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;

/**
 * The input as a stream of events, which reads only what is requested.
 *
 * <p>It always completes and never errors: what is wrong with the input is kept in {@link #problem}, so that the events
 * before it are settled and counted like any others. The lines of events whose fate is not known yet are kept; there
 * are no more of them than the producer's window allows.
 *
 * <p><b>Threads.</b> Reads on {@code scheduler}, where it may block; everything else is safe from any thread.
 */
final class EventInput {
    private final InputReader reader;
    private final EventFactory factory;
    private final @Nullable Long count;
    private final double ratePerSecond;
    private final Queue<Long> linesUnderWay = new ConcurrentLinkedQueue<>();
    private final AtomicLong emitted = new AtomicLong();
    private volatile boolean stopped;
    private volatile @Nullable IOException problem;
    private long toSkip;
    private long skipped;
    private long firstNanos;

    /**
     * An input.
     *
     * @param count most events; {@code null} for all
     * @param ratePerSecond most events a second; infinite for no bound
     */
    EventInput(InputReader reader, EventFactory factory, @Nullable Long count, double ratePerSecond) {
        this.reader = reader;
        this.factory = factory;
        this.count = count;
        this.ratePerSecond = ratePerSecond;
    }

    /** Leaves out the first events, which count as events of the input. Before {@link #events}. */
    void skip(long events) {
        toSkip = events;
    }

    /** The events, for one subscriber. */
    Flux<Event> events(Scheduler scheduler) {
        return Flux.<Event>generate(this::emitNext).subscribeOn(scheduler);
    }

    /** Ends the stream before the next event that is read. */
    void stop() {
        stopped = true;
    }

    /** How many events were handed over so far. */
    long emitted() {
        return emitted.get();
    }

    /** What was wrong with the input, once the stream has completed. */
    Optional<IOException> problem() {
        return Optional.ofNullable(problem);
    }

    /** The line of the first event not settled yet, which is settled now. Called once for each event, in order. */
    long settledLine() {
        Long line = linesUnderWay.poll();
        return line == null ? 0 : line;
    }

    private void emitNext(SynchronousSink<Event> sink) {
        Event event = stopped || isEnough() ? null : read();
        if (event == null || stopped) {
            sink.complete();
            return;
        }
        emitted.incrementAndGet();
        sink.next(event);
    }

    private boolean isEnough() {
        return count != null && toSkip + emitted.get() >= count;
    }

    private @Nullable Event read() {
        try {
            InputRecord input = reader.next();
            for (; input != null && skipped < toSkip; skipped++) {
                input = reader.next();
            }
            if (input == null) {
                return null;
            }
            Event event = factory.event(input);
            linesUnderWay.add(input.line());
            awaitTurn();
            return event;
        } catch (IOException e) {
            problem = e;
            return null;
        } catch (UncheckedIOException e) {
            problem = e.getCause();
            return null;
        }
    }

    /** The n-th event is due n/rate seconds after the first. */
    private void awaitTurn() {
        if (Double.isInfinite(ratePerSecond)) {
            return;
        }
        if (emitted.get() == 0) {
            firstNanos = System.nanoTime();
        }
        long due = firstNanos + (long) (emitted.get() * 1e9 / ratePerSecond);
        for (long left = due - System.nanoTime(); left > 0 && !stopped; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
