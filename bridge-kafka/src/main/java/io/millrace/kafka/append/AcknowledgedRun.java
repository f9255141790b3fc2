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
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Gathers acknowledgements that follow each other in one partition, whoever appended the events, and tells them as one
 * run: when another partition's turn comes, when the offsets jump, and at the end of every append. Bounded by what is
 * under way to Kafka. Thread-safe, though the producer's network thread is nearly always alone here. The monitor is held
 * while a run is told, or two runs of one partition could change places.
 */
final class AcknowledgedRun {
    private final Acknowledged listener;
    private List<StoredEvent> events = new ArrayList<>();
    private @Nullable TopicPartition partition;
    private String topicUid = "";
    private boolean followed;
    private long nextOffset;

    AcknowledgedRun(Acknowledged listener) {
        this.listener = listener;
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
        }
    }

    /** Tells what has been gathered. */
    synchronized void tell() {
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
