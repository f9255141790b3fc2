// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.RecordTime;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import reactor.core.publisher.Mono;

/** Where partitions begin and end, and which offset a time is; the end is that of the committed records. */
public final class PartitionOffsets {
    private static final long NONE = -1;
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(20);

    private final Supplier<Admin> admin;
    private final KafkaTopics topics;
    private final Duration patience;

    /**
     * Asks with the present client, which it does not own.
     *
     * @param patience how long {@link #boundsWith} waits
     */
    public PartitionOffsets(Supplier<Admin> admin, KafkaTopics topics, Duration patience) {
        this.admin = admin;
        this.topics = topics;
        this.patience = patience;
    }

    /** Errors with TOPIC_NOT_FOUND, PARTITION_NOT_FOUND or LOG_UNAVAILABLE. */
    public Mono<PartitionBounds> bounds(TopicPartition partition) {
        return checked(partition).then(Mono.defer(() -> boundsOfExisting(partition)));
    }

    /** The same where the partition is known to exist. */
    public Mono<PartitionBounds> boundsOfExisting(TopicPartition partition) {
        return Mono.zip(
                offset(partition, OffsetSpec.earliest()), offset(partition, OffsetSpec.latest()), PartitionBounds::new);
    }

    /**
     * The bounds once they have this offset in them, where it is written. Kafka answers the commit of a transaction some
     * milliseconds before its markers are in the partitions. Errors as {@link #bounds}, and with LOG_UNAVAILABLE when it
     * takes too long, because another transaction is open before the offset, say.
     */
    public Mono<PartitionBounds> boundsWith(TopicPartition partition, long offset) {
        return bounds(partition)
                .flatMap(bounds -> offset <= bounds.end()
                        ? Mono.just(bounds)
                        : written(partition)
                                .flatMap(written ->
                                        offset > written ? Mono.just(bounds) : boundsOnceCommitted(partition, offset)));
    }

    private Mono<PartitionBounds> boundsOnceCommitted(TopicPartition partition, long offset) {
        return boundsOfExisting(partition)
                .filter(bounds -> offset <= bounds.end())
                .repeatWhenEmpty(Integer.MAX_VALUE, looks -> looks.delayElements(LOOK_AGAIN_AFTER))
                .timeout(patience, Mono.error(() -> uncommitted(partition, offset)));
    }

    private static RefusedException uncommitted(TopicPartition partition, long offset) {
        return Refusal.of(
                        Reason.LOG_UNAVAILABLE,
                        "offset " + offset + " of " + partition
                                + " is written, and a transaction before it is not committed yet")
                .asException();
    }

    /** The first offset at or after a time, else the end. Errors as {@link #bounds}. */
    public Mono<Long> offsetAt(TopicPartition partition, Instant time) {
        return checked(partition)
                .then(Mono.defer(() -> offset(partition, OffsetSpec.forTimestamp(RecordTime.notBefore(time)))))
                .filter(offset -> offset != NONE)
                .switchIfEmpty(Mono.defer(() -> offset(partition, OffsetSpec.latest())));
    }

    /**
     * The offset after the last record that is written, committed or not. Errors as {@link #bounds}, but for a partition
     * that is known to exist.
     */
    public Mono<Long> written(TopicPartition partition) {
        return offset(partition, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    }

    private Mono<TopicView> checked(TopicPartition partition) {
        return topics.view(partition.topic()).map(view -> view.requirePartition(partition));
    }

    private Mono<Long> offset(TopicPartition partition, OffsetSpec spec) {
        return offset(partition, spec, IsolationLevel.READ_COMMITTED);
    }

    private Mono<Long> offset(TopicPartition partition, OffsetSpec spec, IsolationLevel level) {
        String topic = partition.topic().value();
        org.apache.kafka.common.TopicPartition kafkas =
                new org.apache.kafka.common.TopicPartition(topic, partition.partition());
        ListOffsetsOptions options = new ListOffsetsOptions(level);
        return KafkaAnswers.ask(
                        topic,
                        () -> admin.get()
                                .listOffsets(Map.of(kafkas, spec), options)
                                .partitionResult(kafkas))
                .map(found -> found.offset());
    }
}
