// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.core.event.Bytes;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.StoredLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic completely with Kafka's own consumer, committed records only: what is really there. Kafka tells that a
 * transaction is committed some milliseconds before its records can be read, so this waits for those that are under way.
 */
public final class TruthReader {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration QUESTION = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private TruthReader() {}

    /** Blocks. Errors when it takes more than three minutes, because nobody ends a transaction, say. */
    static StoredLog read(String bootstrapServers, String topic, KnownEvents events, int mostOffsets) {
        return read(bootstrapServers, topic, FaultSettings.PARTITIONS, events, mostOffsets);
    }

    /**
     * Reads a topic of so many partitions. Blocks. Errors when it takes more than three minutes, because nobody ends a
     * transaction, say.
     *
     * @param mostOffsets of each partition
     */
    public static StoredLog read(
            String bootstrapServers, String topic, int partitionCount, KnownEvents events, int mostOffsets) {
        List<TopicPartition> partitions = IntStream.range(0, partitionCount)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        StoredLog log = new StoredLog(partitionCount, mostOffsets);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = written(bootstrapServers, partitions);
            while (partitions.stream()
                    .anyMatch(p -> consumer.position(p, QUESTION) < Objects.requireNonNull(ends.get(p)))) {
                if (System.nanoTime() - deadline >= 0) {
                    throw new IllegalStateException("of " + topic + ", which ends at " + ends + ", only "
                            + consumer.endOffsets(partitions, QUESTION) + " could be read within "
                            + PATIENCE.toSeconds() + " s");
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    long number =
                            events.recognise(Bytes.wrapNullable(record.key()), Bytes.wrapNullable(record.value()));
                    log.stored(record.partition(), record.offset(), number);
                }
            }
        }
        return log;
    }

    /** Where each partition ends, whatever transactions are under way. */
    private static Map<TopicPartition, Long> written(String bootstrapServers, List<TopicPartition> partitions) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, "read_uncommitted")) {
            return consumer.endOffsets(partitions, QUESTION);
        }
    }

    /** Reads committed records only, and commits nothing itself. */
    public static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return consumer(bootstrapServers, "read_committed");
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String isolation) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        isolation,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
