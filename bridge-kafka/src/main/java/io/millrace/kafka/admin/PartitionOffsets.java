// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.RecordTime;
import io.millrace.core.topic.TopicPartition;
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

    private final Supplier<Admin> admin;
    private final KafkaTopics topics;

    /** Asks with the present client, which it does not own. */
    public PartitionOffsets(Supplier<Admin> admin, KafkaTopics topics) {
        this.admin = admin;
        this.topics = topics;
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
