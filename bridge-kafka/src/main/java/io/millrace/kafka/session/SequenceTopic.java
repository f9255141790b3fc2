// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import io.millrace.core.log.PublisherHistory;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.admin.KafkaTopics;
import io.millrace.kafka.admin.PartitionOffsets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
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

    private static final int PARTITIONS = 16;
    private static final Duration POLL = Duration.ofMillis(100);

    /** Small segments, soon compacted: whoever opens a session reads a partition from its beginning. */
    private static final Map<String, String> SETTINGS = Map.of(
            "cleanup.policy", "compact",
            "segment.bytes", Integer.toString(4 << 20),
            "min.cleanable.dirty.ratio", "0.1");

    private final KafkaTopics topics;
    private final PartitionOffsets offsets;
    private final Map<String, Object> consumerProperties;

    SequenceTopic(KafkaTopics topics, PartitionOffsets offsets, Map<String, Object> consumerProperties) {
        this.topics = topics;
        this.offsets = offsets;
        this.consumerProperties = consumerProperties;
    }

    /** Where the history of a publisher is; makes the topic where there is none. Errors with LOG_UNAVAILABLE. */
    Mono<TopicPartition> partitionOf(String producerId) {
        TopicName name = new TopicName(NAME);
        return topics.view(name)
                .map(view -> view.partitions())
                .onErrorResume(
                        SequenceTopic::isMissing,
                        missing -> topics.create(new TopicSpec(name, PARTITIONS, 0, SETTINGS), false)
                                .map(info -> info.partitions())
                                .onErrorResume(
                                        SequenceTopic::isThere,
                                        raced -> topics.view(name).map(view -> view.partitions())))
                .map(partitions -> new TopicPartition(name, partitionOf(producerId, partitions)));
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
        long deadline = System.nanoTime() + patience.toNanos();
        Long end = offsets.written(at).block(patience);
        var partition = new org.apache.kafka.common.TopicPartition(NAME, at.partition());
        byte[] key = key(producerId);
        byte @Nullable [] newest = null;
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerProperties)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (end != null && consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    newest = Arrays.equals(key, record.key()) ? record.value() : newest;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw Refusal.of(
                                    Reason.LOG_UNAVAILABLE,
                                    "Kafka: a transaction in " + NAME + " was not ended within " + patience.toMillis()
                                            + " ms")
                            .asException();
                }
            }
        }
        return newest == null ? PublisherHistory.none() : HistoryCodec.decode(newest);
    }

    private static int partitionOf(String producerId, int partitions) {
        return Utils.toPositive(Utils.murmur2(key(producerId))) % partitions;
    }

    private static byte[] key(String producerId) {
        return producerId.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isMissing(Throwable error) {
        return is(error, Reason.TOPIC_NOT_FOUND);
    }

    private static boolean isThere(Throwable error) {
        return is(error, Reason.TOPIC_EXISTS);
    }

    private static boolean is(Throwable error, Reason reason) {
        return error instanceof RefusedException refused && refused.refusal().reason() == reason;
    }
}
