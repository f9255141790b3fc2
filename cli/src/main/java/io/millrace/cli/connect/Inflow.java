// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.connect;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;

/**
 * Hands what a publisher signals to the one thread of a command, which waits for it and is told when it has to.
 *
 * <p><b>Demand.</b> Requests {@code capacity} at first and as many as were taken, a quarter of it at a time, so never more than
 * {@code capacity} are here or on their way: a command whose output nobody reads slows its source.
 *
 * <p><b>Threads.</b> {@link #next} and {@link #close} belong to the thread of the command.
 */
public final class Inflow<T> implements AutoCloseable {
    private static final Duration LOOK_UP = Duration.ofMillis(100);

    private final int capacity;
    private final BlockingQueue<Arrival<T>> queue;
    private final Source source = new Source();
    private int taken;

    private record Arrival<T>(@Nullable T value, @Nullable Throwable error) {}

    private Inflow(int capacity) {
        this.capacity = capacity;
        this.queue = new ArrayBlockingQueue<>(capacity + 1); // one more for the end
    }

    /** Subscribes now. */
    public static <T> Inflow<T> of(Publisher<? extends T> publisher, int capacity) {
        Inflow<T> inflow = new Inflow<>(capacity);
        publisher.subscribe(inflow.source);
        return inflow;
    }

    /**
     * The next value, or {@code null} at the end; an error of the publisher is thrown once everything before it was
     * taken.
     *
     * @param idle run when nothing is there, at once and then ten times a second; what it throws ends the wait
     * @param stop looked at as often: when true, the wait ends as the end of the publisher would end it
     */
    public @Nullable T next(Runnable idle, BooleanSupplier stop) {
        Arrival<T> arrival = queue.poll();
        while (arrival == null) {
            idle.run();
            if (stop.getAsBoolean()) {
                return null;
            }
            arrival = poll();
        }
        if (arrival.error() != null) {
            throw Exceptions.propagate(arrival.error());
        }
        if (arrival.value() != null) {
            replenish();
        }
        return arrival.value();
    }

    /** Cancels the publisher. */
    @Override
    public void close() {
        source.cancel();
    }

    private void replenish() {
        int some = Math.max(1, capacity / 4);
        if (++taken == some) {
            taken = 0;
            source.request(some);
        }
    }

    private @Nullable Arrival<T> poll() {
        try {
            return queue.poll(LOOK_UP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Exceptions.propagate(e);
        }
    }

    private final class Source extends BaseSubscriber<T> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(capacity);
        }

        @Override
        protected void hookOnNext(T value) {
            queue.add(new Arrival<>(value, null));
        }

        @Override
        protected void hookOnComplete() {
            queue.add(new Arrival<>(null, null));
        }

        @Override
        protected void hookOnError(Throwable error) {
            queue.add(new Arrival<>(null, error));
        }
    }
}
