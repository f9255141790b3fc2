// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A {@link KafkaLogConfig} in the words of Kafka's clients. */
final class ClientProperties {
    /** What one request to Kafka may carry: more than the largest batch that our own topics take. */
    private static final int MAX_REQUEST_BYTES = 8 << 20;

    private static final int MAX_POLL_RECORDS = 4096;

    /** The system lets the socket's buffer grow: a fetch crosses in one go instead of in parts of 64 KiB, one a poll. */
    private static final int BUFFER_OF_THE_SYSTEM = -1;

    private static final int TAIL_FETCH_BYTES = 16 << 20;
    private static final int TAIL_PARTITION_FETCH_BYTES = 1 << 20;
    private static final int TAIL_WAIT_MILLIS = 500;

    /**
     * Kafka's clients wait so long before they ask again, each time alike. When the wait grows it is also drawn anew at
     * each look: one draw finds that metadata are due, so that nothing may be sent before them, the next one that they
     * are not, and what is ready to be sent lies there.
     */
    private static final long RETRY_MILLIS = 100;

    /** An abandoned transaction stalls all readers of its partitions for so long. */
    static final Duration SESSION_TRANSACTION_TIMEOUT = Duration.ofSeconds(15);

    /** Twice as long for a delivery is less than the transaction lives. */
    private static final int SESSION_REQUEST_MILLIS = 5_000;

    /** More than the largest event, and some batches. */
    private static final long SESSION_BUFFER_BYTES = 4L << 20;

    private final KafkaLogConfig config;

    ClientProperties(KafkaLogConfig config) {
        this.config = config;
    }

    Map<String, Object> admin() {
        Map<String, Object> properties = common("admin");
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(config.requestTimeout()));
        return withExtra(properties);
    }

    /** Durable and in order: every replica, idempotent, and Kafka's own choice of the partition. */
    Map<String, Object> producer() {
        Map<String, Object> properties = common("append");
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, config.batchBytes());
        properties.put(ProducerConfig.LINGER_MS_CONFIG, millis(config.linger()));
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, KafkaLogConfig.REQUESTS_IN_FLIGHT);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, config.bufferBytes());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) millis(config.handOverTimeout()));
        properties.put(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Math.max(millis(config.deliveryTimeout()), millis(config.linger()) + millis(config.requestTimeout())));
        return withExtra(properties);
    }

    /** The same in transactions, with less memory: there is one for each publisher who names itself. */
    Map<String, Object> session(String transactionalId) {
        Map<String, Object> properties = new HashMap<>(producer());
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, millis(SESSION_TRANSACTION_TIMEOUT));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, SESSION_REQUEST_MILLIS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * SESSION_REQUEST_MILLIS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2L * SESSION_REQUEST_MILLIS);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, SESSION_BUFFER_BYTES);
        return withExtra(properties);
    }

    Map<String, Object> reader() {
        Map<String, Object> properties = consumer("read");
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, config.fetchBytes());
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, config.fetchBytes());
        properties.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, BUFFER_OF_THE_SYSTEM);
        return withExtra(properties);
    }

    Map<String, Object> tail() {
        Map<String, Object> properties = consumer("tail");
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, TAIL_PARTITION_FETCH_BYTES);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, TAIL_FETCH_BYTES);
        return withExtra(properties);
    }

    /** Committed records only, from places that we choose; nothing is committed to a group, for there is none. */
    private Map<String, Object> consumer(String name) {
        Map<String, Object> properties = common(name);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, TAIL_WAIT_MILLIS);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(config.requestTimeout()));
        return properties;
    }

    private Map<String, Object> common(String name) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "millrace-" + name);
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis(config.requestTimeout()));
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
        properties.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, RETRY_MILLIS);
        properties.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, RETRY_MILLIS);
        properties.put("enable.metrics.push", "false");
        return properties;
    }

    private Map<String, Object> withExtra(Map<String, Object> properties) {
        properties.putAll(config.clientProperties());
        return Map.copyOf(properties);
    }

    private static int millis(Duration time) {
        return Math.toIntExact(Math.min(time.toMillis(), Integer.MAX_VALUE));
    }
}
