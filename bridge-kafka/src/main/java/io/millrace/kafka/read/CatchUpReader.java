// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.read;

import io.millrace.core.flow.Demand;
import io.millrace.core.log.LogBatch;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.admin.TopicWatch;
import io.millrace.kafka.record.CheckedRecords;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One subscriber's place in a partition's history.
 *
 * <p>Demand, cancel and the end of the topic come from any thread; they leave a note and enter the reader, which one
 * worker at a time then serves: {@code work} counts the notes, and whoever raises it from zero enters. Only that worker
 * touches the position or signals the subscriber.
 */
final class CatchUpReader implements Subscription {
    private final CatchUpReaders readers;
    private final TopicPartition partition;
    private final CheckedRecords checked;
    private final CoreSubscriber<? super LogBatch> actual;
    private final long toOffset;
    private final Demand demand = new Demand();
    private final AtomicInteger work = new AtomicInteger();
    private volatile boolean cancelled;
    private volatile @Nullable Throwable fault;
    private volatile @Nullable ReadWorker lastWorker;
    private TopicWatch.@Nullable Registration registration;

    private long position;
    private boolean ended;

    CatchUpReader(
            CatchUpReaders readers,
            TopicPartition partition,
            CheckedRecords checked,
            CoreSubscriber<? super LogBatch> actual,
            long fromOffset,
            long toOffset) {
        this.readers = readers;
        this.partition = partition;
        this.checked = checked;
        this.actual = actual;
        this.position = fromOffset;
        this.toOffset = toOffset;
    }

    void start(TopicView topic, TopicWatch watch) {
        work.incrementAndGet(); // nothing is signalled before onSubscribe has returned
        registration = watch.register(topic, this::gone);
        actual.onSubscribe(this);
        readers.enter(this);
    }

    @Override
    public void request(long n) {
        try {
            demand.add(n);
        } catch (IllegalArgumentException e) {
            fault = e;
        }
        note();
    }

    @Override
    public void cancel() {
        cancelled = true;
        note();
    }

    private void gone(Refusal why) {
        fault = why.asException();
        note();
    }

    private void note() {
        if (work.getAndIncrement() == 0) {
            readers.enter(this);
        }
    }

    // ---- from here on: the worker that serves this reader

    /** Notes seen at the beginning of a turn. */
    int notes() {
        return work.get();
    }

    /** Ends a turn: the reader comes back when it has been noted since, or when it is not served out. */
    void endTurn(int notesSeen, boolean wantsMore) {
        if (wantsMore || work.addAndGet(-notesSeen) != 0) {
            readers.enter(this);
        }
    }

    /** True when the reader can be served a batch now; tells the subscriber the end where it has come. */
    boolean wantsBatch() {
        if (ended) {
            return false;
        }
        Throwable error = fault;
        if (cancelled) {
            end();
        } else if (error != null) {
            fail(error);
        } else if (position >= toOffset) {
            end();
            actual.onComplete();
        } else {
            return demand.exists();
        }
        return false;
    }

    void emit(LogBatch batch) {
        if (!cancelled) {
            position = batch.nextOffset();
            demand.served();
            actual.onNext(batch);
        }
    }

    /** Ends with this error, or with the topic's end where that is known by now: it is the cause then. */
    void fail(Throwable error) {
        if (!ended) {
            end();
            Throwable known = fault;
            actual.onError(known == null ? error : known);
        }
    }

    private void end() {
        ended = true;
        if (registration != null) {
            registration.close();
        }
    }

    TopicPartition partition() {
        return partition;
    }

    CheckedRecords checked() {
        return checked;
    }

    long position() {
        return position;
    }

    long toOffset() {
        return toOffset;
    }

    @Nullable
    ReadWorker lastWorker() {
        return lastWorker;
    }

    void servedBy(ReadWorker worker) {
        lastWorker = worker;
    }
}
