// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.event.Event;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.record.EventRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Gathers acknowledgements that follow each other in one partition, whoever appended the events, and tells them as one
 * run. A run ends when another partition's turn comes, when the offsets jump, when it is long, and soon after an append
 * has ended. Soon, because Kafka acknowledges a batch event by event: the appends of a whole batch become one run.
 *
 * <p><b>Threads.</b> Any. Runs are told one at a time in the order in which they ended, beside the thread that brings
 * acknowledgements; only where {@value #MOST_WAITING} runs wait does it tell them itself.
 */
final class AcknowledgedRun {
    private static final int LONG_RUN_EVENTS = 1_024;
    static final int MOST_WAITING = 16;

    private final Acknowledged listener;
    private final Executor teller;
    private final AtomicBoolean telling = new AtomicBoolean();

    /** Held while runs are told, or two runs of one partition could change places. Taken before the monitor. */
    private final Object order = new Object();

    private final Queue<Run> ended = new ArrayDeque<>();
    private @Nullable Run current;

    /**
     * @param teller runs a small task, one at a time, which tells
     */
    AcknowledgedRun(Acknowledged listener, Executor teller) {
        this.listener = listener;
        this.teller = teller;
    }

    /** An event is stored. */
    void add(TopicName topic, String uid, Event event, RecordMetadata stored) {
        if (!stored.hasOffset()) {
            return; // Kafka knew the batch already and does not tell its place any more
        }
        int waiting = gather(topic, uid, event, stored);
        if (waiting >= MOST_WAITING) {
            tell();
        } else if (waiting > 0) {
            tellSoon();
        }
    }

    /** Has what has been gathered told, with what is gathered until that happens. */
    void tellSoon() {
        if (telling.compareAndSet(false, true)) {
            teller.execute(() -> {
                telling.set(false);
                tell();
            });
        }
    }

    private synchronized int gather(TopicName topic, String uid, Event event, RecordMetadata stored) {
        Run run = current;
        if (run == null || !run.continuesWith(topic, uid, stored)) {
            endCurrent();
            TopicPartition partition = new TopicPartition(topic, stored.partition());
            run = new Run(partition, uid, listener.isFollowed(partition));
            current = run;
        }
        run.add(event, stored);
        if (run.events.size() >= LONG_RUN_EVENTS) {
            endCurrent();
        }
        return ended.size();
    }

    private void tell() {
        synchronized (order) {
            for (Run run = next(); run != null; run = next()) {
                listener.acknowledged(run.topicUid, run.partition, run.batch());
            }
        }
    }

    private synchronized @Nullable Run next() {
        if (ended.isEmpty()) {
            endCurrent();
        }
        return ended.poll();
    }

    private void endCurrent() {
        if (current != null && !current.events.isEmpty()) {
            ended.add(current);
        }
        current = null;
    }

    /** Events of one partition that follow each other; none are kept where nobody follows it. */
    private static final class Run {
        private final TopicPartition partition;
        private final String topicUid;
        private final boolean followed;
        private final List<StoredEvent> events = new ArrayList<>();
        private long nextOffset;

        Run(TopicPartition partition, String topicUid, boolean followed) {
            this.partition = partition;
            this.topicUid = topicUid;
            this.followed = followed;
        }

        boolean continuesWith(TopicName topic, String uid, RecordMetadata stored) {
            return partition.partition() == stored.partition()
                    && partition.topic().equals(topic)
                    && topicUid.equals(uid)
                    && nextOffset == stored.offset();
        }

        void add(Event event, RecordMetadata stored) {
            nextOffset = stored.offset() + 1;
            if (followed) {
                events.add(new StoredEvent(stored.offset(), stored.timestamp(), event));
            }
        }

        LogBatch batch() {
            events.replaceAll(Run::asRead);
            return new LogBatch(events.get(0).offset(), nextOffset, events);
        }

        private static StoredEvent asRead(StoredEvent stored) {
            Event read = EventRecord.asRead(stored.event());
            return read == stored.event()
                    ? stored
                    : new StoredEvent(stored.offset(), stored.recordTimeMillis(), read, stored.integrity());
        }
    }
}
