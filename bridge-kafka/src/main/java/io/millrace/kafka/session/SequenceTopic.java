// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import io.millrace.core.log.PublisherHistory;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.admin.KafkaTopics;
import io.millrace.kafka.admin.OwnTopicReader;
import io.millrace.kafka.admin.PartitionOffsets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The compacted topic {@value #NAME}, where the history of every publisher is kept, in the transaction that made it:
 * keyed by the producer's id, in the partition that Kafka's partitioner chooses for it. It is made when the first
 * publisher comes. Methods that wait say so.
 */
final class SequenceTopic {
    static final String NAME = "__millrace_publishers";

    /** Small segments, soon compacted: whoever opens a session reads a partition from its beginning. */
    private static final TopicSpec TOPIC = new TopicSpec(
            new TopicName(NAME),
            16,
            0,
            Map.of(
                    "cleanup.policy", "compact",
                    "segment.bytes", Integer.toString(4 << 20),
                    "min.cleanable.dirty.ratio", "0.1"));

    private final KafkaTopics topics;
    private final PartitionOffsets offsets;
    private final OwnTopicReader reader;

    SequenceTopic(KafkaTopics topics, PartitionOffsets offsets, Map<String, Object> consumerProperties) {
        this.topics = topics;
        this.offsets = offsets;
        this.reader = new OwnTopicReader(consumerProperties);
    }

    /** Where the history of a publisher is; makes the topic where there is none. Errors with LOG_UNAVAILABLE. */
    Mono<TopicPartition> partitionOf(String producerId) {
        return topics.ensured(TOPIC)
                .map(view -> new TopicPartition(TOPIC.name(), partitionOf(producerId, view.partitions())));
    }

    /** The record of a history. */
    static ProducerRecord<byte[], byte[]> record(TopicPartition at, String producerId, PublisherHistory history) {
        return new ProducerRecord<>(NAME, at.partition(), key(producerId), HistoryCodec.encode(history));
    }

    /**
     * The committed history of a publisher. Waits for all that is written there by the time of the call to be committed
     * or aborted, for the transaction of another publisher may lie before it.
     *
     * @throws RefusedException LOG_UNAVAILABLE when that takes longer than {@code patience}
     */
    PublisherHistory read(TopicPartition at, String producerId, Duration patience) {
        long end = Objects.requireNonNull(offsets.written(at).block(patience));
        byte[] key = key(producerId);
        AtomicReference<byte @Nullable []> newest = new AtomicReference<>();
        reader.read(new org.apache.kafka.common.TopicPartition(NAME, at.partition()), 0, end, patience, record -> {
            if (Arrays.equals(key, record.key())) {
                newest.set(record.value());
            }
        });
        byte[] history = newest.get();
        return history == null ? PublisherHistory.none() : HistoryCodec.decode(history);
    }

    private static int partitionOf(String producerId, int partitions) {
        return Utils.toPositive(Utils.murmur2(key(producerId))) % partitions;
    }

    private static byte[] key(String producerId) {
        return producerId.getBytes(StandardCharsets.UTF_8);
    }
}
