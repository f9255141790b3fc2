// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.core.topic.TopicName;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.kafka.record.EventRecord;
import io.millrace.load.sample.SampleEvents;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka's own producer, with the settings that the bridge uses and the same records. */
final class KafkaPublishing implements Contender, AutoCloseable {
    private final Storage storage;
    private final SampleEvents samples = new SampleEvents();
    private final KafkaProducer<byte[], byte[]> producer;

    KafkaPublishing(Storage storage) {
        this.storage = storage;
        this.producer =
                new KafkaProducer<>(properties(storage.config()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** The bridge's own settings. */
    static Map<String, Object> properties(KafkaLogConfig config) {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers(),
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
                ProducerConfig.BATCH_SIZE_CONFIG, config.batchBytes(),
                ProducerConfig.LINGER_MS_CONFIG, config.linger().toMillis(),
                ProducerConfig.BUFFER_MEMORY_CONFIG, config.bufferBytes());
    }

    @Override
    public Duration run(int events) {
        TopicName topic = storage.create();
        publish(topic, 0, 1);
        long startNanos = System.nanoTime();
        publish(topic, 1, events + 1);
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        storage.requireEvents(topic, events + 1);
        storage.delete(topic);
        return took;
    }

    /** Returns when the events of {@code [from, to)} are all acknowledged. */
    void publish(TopicName topic, int from, int to) {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        for (int i = from; i < to; i++) {
            producer.send(EventRecord.of(topic.value(), samples.at(i)), (metadata, exception) -> {
                if (exception != null) {
                    failure.compareAndSet(null, exception);
                }
            });
        }
        producer.flush();
        Exception cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("Kafka did not take every event", cause);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
