// SPDX-License-Identifier: Apache-2.0
package io.millrace.client.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The outbound half of a call: asks for the next frame only when the transport can take one, so whatever has gathered
 * by then goes in one frame. Holds nothing itself. One subscriber.
 *
 * <p>Frames are asked for and emitted on the executor, one at a time. {@link #wake} says that there may be a frame now.
 */
final class FrameSource<T> extends Flux<T> implements Subscription {
    private final Supplier<@Nullable T> next;
    private final Executor executor;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger missed = new AtomicInteger();
    private volatile @Nullable CoreSubscriber<? super T> subscriber;
    private volatile boolean completed;
    private volatile boolean done;

    /**
     * @param next the next frame, or {@code null} when there is none now
     * @param executor where it is asked for
     */
    FrameSource(Supplier<@Nullable T> next, Executor executor) {
        this.next = next;
        this.executor = executor;
    }

    /** There may be a frame now. */
    void wake() {
        if (missed.getAndIncrement() == 0) {
            try {
                executor.execute(this::drain);
            } catch (RejectedExecutionException e) {
                done = true; // its owner has closed the executor, and wants nothing sent any more
            }
        }
    }

    /** No frame will follow those that are there now. */
    void complete() {
        completed = true;
        wake();
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        subscriber = actual;
        actual.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            wake();
        }
    }

    @Override
    public void cancel() {
        done = true;
    }

    private void drain() {
        int handled = missed.get();
        do {
            CoreSubscriber<? super T> actual = subscriber;
            if (actual != null) {
                emit(actual);
            }
            handled = missed.addAndGet(-handled);
        } while (handled != 0);
    }

    private void emit(CoreSubscriber<? super T> actual) {
        while (!done && requested.get() > 0) {
            boolean last = completed;
            T frame = next.get();
            if (frame == null) {
                finishIf(last, actual);
                return;
            }
            requested.decrementAndGet();
            actual.onNext(frame);
        }
    }

    private void finishIf(boolean last, CoreSubscriber<? super T> actual) {
        if (last && !done) {
            done = true;
            actual.onComplete();
        }
    }
}
