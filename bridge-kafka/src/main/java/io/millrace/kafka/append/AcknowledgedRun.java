// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.event.Event;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.record.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Gathers acknowledgements that follow each other in one partition, whoever appended the events, and tells them as one
 * run: when another partition's turn comes, when the offsets jump, when a run is long, and soon after an append has
 * ended. Soon, because Kafka acknowledges a batch event by event: the appends of a whole batch become one run, and it is
 * told beside the producer's network thread. Thread-safe; the monitor is held while a run is told, or two runs of one
 * partition could change places.
 */
final class AcknowledgedRun {
    private static final int LONG_RUN_EVENTS = 1_024;

    private final Acknowledged listener;
    private final Executor teller;
    private final AtomicBoolean telling = new AtomicBoolean();
    private List<StoredEvent> events = new ArrayList<>();
    private @Nullable TopicPartition partition;
    private String topicUid = "";
    private boolean followed;
    private long nextOffset;

    /**
     * @param teller runs a small task, one at a time, which tells
     */
    AcknowledgedRun(Acknowledged listener, Executor teller) {
        this.listener = listener;
        this.teller = teller;
    }

    /** An event is stored. */
    synchronized void add(TopicName topic, String uid, Event event, RecordMetadata stored) {
        if (!stored.hasOffset()) {
            return; // Kafka knew the batch already and does not tell its place any more
        }
        if (!continues(topic, uid, stored)) {
            tell();
            begin(new TopicPartition(topic, stored.partition()), uid);
        }
        nextOffset = stored.offset() + 1;
        if (followed) {
            events.add(new StoredEvent(stored.offset(), stored.timestamp(), EventRecord.asRead(event)));
            if (events.size() >= LONG_RUN_EVENTS) {
                tell();
            }
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

    private synchronized void tell() {
        if (partition != null && !events.isEmpty()) {
            List<StoredEvent> run = events;
            events = new ArrayList<>();
            listener.acknowledged(topicUid, partition, new LogBatch(run.get(0).offset(), nextOffset, run));
        }
        partition = null;
    }

    private boolean continues(TopicName topic, String uid, RecordMetadata stored) {
        TopicPartition current = partition;
        return current != null
                && current.partition() == stored.partition()
                && current.topic().equals(topic)
                && topicUid.equals(uid)
                && nextOffset == stored.offset();
    }

    private void begin(TopicPartition next, String uid) {
        partition = next;
        topicUid = uid;
        followed = listener.isFollowed(next);
    }
}
