// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import io.millrace.localkafka.testing.QuietLogs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a plain Kafka program does with a node, in one call each. */
final class KafkaClient {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private final String bootstrapServers;

    KafkaClient(String bootstrapServers) {
        QuietLogs.install();
        this.bootstrapServers = bootstrapServers;
    }

    void createOrders() throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(ORDERS.topic(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** Sends {@code 1..count} to orders and returns what was acknowledged by all replicas: all of it, or it throws. */
    List<String> publish(int count) throws Exception {
        List<String> values =
                IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
            for (String value : values) {
                acknowledgements.add(producer.send(new ProducerRecord<>(ORDERS.topic(), value)));
            }
            for (Future<RecordMetadata> acknowledgement : acknowledgements) {
                acknowledgement.get();
            }
        }
        return values;
    }

    /** A producer whose transaction holds these, all acknowledged; after a second Kafka aborts it. */
    KafkaProducer<String, String> beginTransaction(String transactionalId, List<String> values) throws Exception {
        KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "transactional.id",
                        transactionalId,
                        "transaction.timeout.ms",
                        1_000),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
        producer.beginTransaction();
        for (String value : values) {
            producer.send(new ProducerRecord<>(ORDERS.topic(), value)).get();
        }
        return producer;
    }

    /** Whether all transactions that have written to orders have been ended there. */
    boolean hasNothingUnderWay() {
        try (KafkaConsumer<String, String> committed = consumer("read_committed");
                KafkaConsumer<String, String> all = consumer("read_uncommitted")) {
            return committed.endOffsets(List.of(ORDERS)).equals(all.endOffsets(List.of(ORDERS)));
        }
    }

    /** Everything in orders, from its beginning to its end of now. */
    List<String> readAll() {
        return read("read_uncommitted");
    }

    /** The same, but only what is committed. */
    List<String> readCommitted() {
        return read("read_committed");
    }

    private KafkaConsumer<String, String> consumer(String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private List<String> read(String isolation) {
        try (KafkaConsumer<String, String> consumer = consumer(isolation)) {
            consumer.assign(List.of(ORDERS));
            consumer.seekToBeginning(List.of(ORDERS));
            long end = consumer.endOffsets(List.of(ORDERS)).get(ORDERS);
            List<String> values = new ArrayList<>();
            while (consumer.position(ORDERS) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    String brokerConfig(String name) throws Exception {
        return config(new ConfigResource(ConfigResource.Type.BROKER, "1"), name);
    }

    /** Of the topic that holds the state of transactions; a first transaction makes it. */
    String transactionTopicConfig(String name) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "first"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
        }
        return config(new ConfigResource(ConfigResource.Type.TOPIC, "__transaction_state"), name);
    }

    private String config(ConfigResource resource, String name) throws Exception {
        try (Admin admin = admin()) {
            return admin.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .get(resource)
                    .get(name)
                    .value();
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }
}
