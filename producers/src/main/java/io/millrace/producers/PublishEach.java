// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.client.MillraceException;
import io.millrace.core.event.Event;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * One source that is being published: requests events as far as the producer has room, and emits results as far as
 * they are requested.
 */
final class PublishEach implements CoreSubscriber<Event>, Subscription {
    /*
     * The producer's window settles in order, so results come in the order of the source without being sorted. What is
     * under way (requested from the source and not yet emitted) is never more than the window, which bounds `results`.
     * One drain runs at a time; `missed` counts the reasons to look again. While the source is asked, its events do not
     * wake the sender one by one: they go in one frame.
     */
    private static final int CHUNK_EVENTS = 256;

    /** How large an event is taken for before the first has come. */
    private static final long FIRST_GUESS_BYTES = 256 << 10;

    private final Producer producer;
    private final int windowEvents;
    private final Queue<PublishResult> results =
            Queues.<PublishResult>unbounded(CHUNK_EVENTS).get();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger missed = new AtomicInteger();
    private volatile @Nullable CoreSubscriber<? super PublishResult> subscriber;
    private volatile @Nullable Subscription source;
    private volatile boolean asking;
    private volatile boolean sourceDone;
    private volatile boolean aborted;
    private volatile @Nullable Throwable sourceError;
    private volatile long arrived;
    private volatile long largestBytes;
    private long asked;
    private long emitted;

    PublishEach(Producer producer, int windowEvents, CoreSubscriber<? super PublishResult> subscriber) {
        this.producer = producer;
        this.windowEvents = windowEvents;
        this.subscriber = subscriber;
    }

    @Override
    public Context currentContext() {
        CoreSubscriber<? super PublishResult> actual = subscriber;
        return actual == null ? Context.empty() : actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription upstream) {
        CoreSubscriber<? super PublishResult> actual = subscriber;
        if (source != null || actual == null) {
            upstream.cancel();
            return;
        }
        source = upstream;
        producer.add(this);
        actual.onSubscribe(this);
        wake();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // signals of a source come one at a time
    public void onNext(Event event) {
        if (sourceDone) {
            return;
        }
        long index = arrived;
        arrived = index + 1;
        largestBytes =
                Math.max(largestBytes, event.data() == null ? 1 : event.data().length());
        if (!producer.offer(event, new IndexedOutcome(index))) {
            arrived = index;
            cancelSource();
            onError(MillraceException.closed());
        } else if (!asking) {
            producer.wake();
        }
    }

    @Override
    public void onError(Throwable error) {
        sourceError = error;
        onComplete();
    }

    @Override
    public void onComplete() {
        sourceDone = true;
        wake();
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            cancelSource();
            aborted = true;
            onError(new IllegalArgumentException(
                    "request of " + n + " (Reactive Streams §3.9 wants a positive number)"));
            return;
        }
        demand.accumulateAndGet(n, Operators::addCap);
        wake();
    }

    @Override
    public void cancel() {
        subscriber = null;
        cancelSource();
        producer.remove(this);
    }

    /** There may be results to emit, or room to ask for events. */
    void wake() {
        if (missed.getAndIncrement() == 0) {
            int handled = missed.get();
            do {
                emit();
                ask();
                handled = missed.addAndGet(-handled);
            } while (handled != 0);
        }
    }

    private void emit() {
        CoreSubscriber<? super PublishResult> actual = subscriber;
        while (actual != null && demand.get() > 0) {
            PublishResult next = results.poll();
            if (next == null) {
                break;
            }
            emitted++;
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            actual.onNext(next);
            actual = subscriber;
        }
        if (actual != null && (aborted || (sourceDone && emitted == arrived))) {
            finish(actual);
        }
    }

    private void finish(CoreSubscriber<? super PublishResult> actual) {
        subscriber = null;
        producer.remove(this);
        Throwable error = sourceError;
        if (error == null) {
            actual.onComplete();
        } else {
            actual.onError(error);
        }
    }

    private void ask() {
        Subscription upstream = source;
        if (upstream == null || sourceDone || subscriber == null) {
            return;
        }
        long room = room();
        if (room > 0 && (room >= CHUNK_EVENTS / 2 || asked == arrived)) {
            asked += room;
            asking = true;
            upstream.request(room);
            asking = false;
            producer.wake();
        }
    }

    /** How many events may be asked for now. */
    private long room() {
        long notArrived = asked - arrived;
        long events = Math.min(windowEvents - (asked - emitted), producer.freeEvents() - notArrived);
        long eventBytes = largestBytes == 0 ? FIRST_GUESS_BYTES : largestBytes;
        long freeBytes = producer.freeBytes() - notArrived * eventBytes;
        long byBytes = freeBytes <= 0 ? 0 : Math.max(1, freeBytes / eventBytes);
        return Math.min(CHUNK_EVENTS, Math.min(events, byBytes));
    }

    private void cancelSource() {
        Subscription upstream = source;
        if (upstream != null) {
            upstream.cancel();
        }
    }

    private void add(PublishResult result) {
        results.offer(result);
        wake();
    }

    private final class IndexedOutcome implements Outcome {
        private final long index;

        IndexedOutcome(long index) {
            this.index = index;
        }

        @Override
        public void stored(PublishAck ack) {
            add(new PublishResult.Stored(index, ack));
        }

        @Override
        public void failed(Event event, MillraceException cause) {
            add(new PublishResult.Failed(index, event, cause));
        }
    }
}
