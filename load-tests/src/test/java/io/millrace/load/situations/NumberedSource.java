// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import io.millrace.core.event.Event;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Numbered events from 0 on, no faster than they are requested and no further than they are allowed: by a clock, or by
 * readers that have to keep up. For one subscriber. Signals come on one worker.
 */
final class NumberedSource implements Publisher<Event>, Subscription {
    private final NumberedEvents events;
    private final Scheduler.Worker worker;
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger missed = new AtomicInteger();
    private volatile @Nullable Subscriber<? super Event> subscriber;
    private volatile LongSupplier limit = () -> 0;
    private volatile boolean ended;
    private volatile long next;

    NumberedSource(NumberedEvents events, Scheduler scheduler) {
        this.events = events;
        this.worker = scheduler.createWorker();
    }

    /** Events up to this number, exclusive, may come. Asked before each event; {@link #wake} when it has grown. */
    void limit(LongSupplier number) {
        limit = number;
        wake();
    }

    /** How many have been emitted, which is the number of the next. */
    long emitted() {
        return next;
    }

    /** Completes after the event that is being emitted. */
    void end() {
        ended = true;
        wake();
    }

    @Override
    public void subscribe(Subscriber<? super Event> actual) {
        actual.onSubscribe(this);
        subscriber = actual;
        wake();
    }

    @Override
    public void request(long n) {
        demand.accumulateAndGet(n, Operators::addCap);
        wake();
    }

    @Override
    public void cancel() {
        subscriber = null;
        worker.dispose();
    }

    void wake() {
        if (!worker.isDisposed() && missed.getAndIncrement() == 0) {
            worker.schedule(this::emit);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one emission runs at a time
    private void emit() {
        int handled = missed.get();
        do {
            Subscriber<? super Event> actual = subscriber;
            while (actual != null && !ended && next < limit.getAsLong() && demand.get() > 0) {
                demand.decrementAndGet();
                actual.onNext(events.event(next++));
                actual = subscriber;
            }
            if (ended && actual != null) {
                subscriber = null;
                actual.onComplete();
            }
            handled = missed.addAndGet(-handled);
        } while (handled != 0);
    }
}
