// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicName;
import io.millrace.kafka.record.EventRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's own consumer with its defaults, making the same event of each record. */
final class KafkaReplay implements Contender {
    private static final Duration POLL = Duration.ofMillis(500);

    private final String bootstrapServers;
    private final TopicPartition partition;

    KafkaReplay(Storage storage, TopicName topic) {
        this.bootstrapServers = storage.config().bootstrapServers();
        this.partition = new TopicPartition(topic.value(), 0);
    }

    @Override
    public Duration run(int events) {
        long startNanos = System.nanoTime();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            OrderCheck check = new OrderCheck();
            while (check.received() < events) {
                readBatch(consumer, check, events);
            }
            return Duration.ofNanos(System.nanoTime() - startNanos);
        }
    }

    private static void readBatch(KafkaConsumer<byte[], byte[]> consumer, OrderCheck check, int events) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            if (check.received() == events) {
                return;
            }
            StoredEvent stored = EventRecord.stored(record);
            check.received(stored.offset(), stored.event());
        }
    }
}
