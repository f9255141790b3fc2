// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;

/** An event and its place in the log. Immutable. */
public final class ReceivedEvent {
    private final Event event;
    private final long offset;
    private final Instant recordTime;
    private final boolean checksumFailed;
    private final Place afterBatch;
    private final Standing beforeBatch;

    /**
     * @param afterBatch the place behind the batch that it came in
     * @param beforeBatch where the whole subscription stood before that batch
     */
    ReceivedEvent(
            Event event,
            long offset,
            Instant recordTime,
            boolean checksumFailed,
            Place afterBatch,
            Standing beforeBatch) {
        this.event = event;
        this.offset = offset;
        this.recordTime = recordTime;
        this.checksumFailed = checksumFailed;
        this.afterBatch = afterBatch;
        this.beforeBatch = beforeBatch;
    }

    /** The event. */
    public Event event() {
        return event;
    }

    /** The topic it was read from. */
    public TopicName topic() {
        return topicPartition().topic();
    }

    /** The partition it was read from. */
    public int partition() {
        return topicPartition().partition();
    }

    /** Topic and partition. */
    public TopicPartition topicPartition() {
        return afterBatch.partition();
    }

    /** Its offset in the partition. */
    public long offset() {
        return offset;
    }

    /** The log's own time of the record, which is when it was appended. */
    public Instant recordTime() {
        return recordTime;
    }

    /**
     * True when the event is not the one that was published: the checksum stored with it is wrong. A program that copies
     * records on Kafka and changes them on the way causes it too. A topic with {@code millrace.integrity=strict} has a
     * {@link Signal.Gap} instead.
     */
    public boolean checksumFailed() {
        return checksumFailed;
    }

    /** Where a subscription goes on after this event, in all of its partitions. Made when asked for. */
    public Cursor cursor() {
        return beforeBatch.cursor().with(new Place(topicPartition(), offset + 1, afterBatch.token()));
    }

    @Override
    public String toString() {
        return topicPartition() + "@" + offset();
    }
}
