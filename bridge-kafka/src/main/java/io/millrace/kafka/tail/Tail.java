// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import io.millrace.core.flow.Demand;
import io.millrace.core.log.LogBatch;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.admin.TopicWatch;
import io.millrace.kafka.record.CheckedRecords;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One subscriber of a partition's live end. Its own thread leaves news. Signals come from the loop and from the appender's
 * thread of acknowledgements, one at a time under the monitor of its {@link PartitionTail}.
 */
final class Tail implements Subscription {
    private final TopicPartition partition;
    private final String topicUid;
    private final CheckedRecords checked;
    private final CoreSubscriber<? super LogBatch> actual;
    private final long end;
    private final Consumer<Tail> tell;
    private final Demand demand = new Demand();
    private final AtomicBoolean hasNews = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile @Nullable Throwable fault;
    private TopicWatch.@Nullable Registration registration;

    private boolean announced;
    private boolean ended;

    Tail(
            TopicView topic,
            TopicPartition partition,
            CheckedRecords checked,
            CoreSubscriber<? super LogBatch> actual,
            long end,
            Consumer<Tail> tell) {
        this.topicUid = topic.uid();
        this.checked = checked;
        this.partition = partition;
        this.actual = actual;
        this.end = end;
        this.tell = tell;
    }

    void start(TopicView topic, TopicWatch watch) {
        hasNews.set(true); // nothing is signalled before onSubscribe has returned
        registration = watch.register(topic, this::gone);
        actual.onSubscribe(this);
        tell.accept(this);
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
        if (hasNews.compareAndSet(false, true)) {
            tell.accept(this);
        }
    }

    // ---- from here on: under the monitor of the partition

    /** Takes the news at the shared position. False when the tail is over. */
    boolean hear(long position) {
        hasNews.set(false);
        Throwable error = fault;
        if (cancelled) {
            leave();
        } else if (error != null) {
            fail(error);
        } else if (!announced && demand.exists()) {
            announced = true;
            emit(new LogBatch(position, position, List.of()));
        }
        return !ended;
    }

    /** True when a batch may come. */
    boolean isReady() {
        return announced && demand.exists();
    }

    void emit(LogBatch batch) {
        if (!cancelled) {
            demand.served();
            actual.onNext(batch);
        }
    }

    /** Ends with this error, or with the topic's end where that is known by now: it is the cause then. */
    void fail(Throwable error) {
        if (!ended) {
            leave();
            Throwable known = fault;
            actual.onError(known == null ? error : known);
        }
    }

    private void leave() {
        ended = true;
        if (registration != null) {
            registration.close();
        }
    }

    TopicPartition partition() {
        return partition;
    }

    String topicUid() {
        return topicUid;
    }

    CheckedRecords checked() {
        return checked;
    }

    long liveEnd() {
        return end;
    }
}
