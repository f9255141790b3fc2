// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.localkafka.testing.KafkaFixture;
import io.millrace.producers.Producer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.publisher.Flux;

/** A broker over the Kafka of the fixture, for all tests of a class, and a topic for each of them. */
final class MillraceOnKafka implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final KafkaFixture kafka = KafkaFixture.shared();
    private KafkaEventLog log;
    private Broker broker;
    private MillraceConnection connection;
    private String topic = "";

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        kafka.beforeAll(context);
        log = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()));
        broker = start(log);
        connection = MillraceConnection.to(endpoint());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        topic = "interop-" + TOPICS.incrementAndGet() + "-" + Long.toHexString(System.nanoTime());
        connection.topics().create(TopicSpec.of(new TopicName(topic)), false).block(PATIENCE);
    }

    /** Whoever was here has left nothing open. */
    @Override
    public void afterEach(ExtensionContext context) {
        await("streams to end")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(broker.streams()).isZero());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        connection.close();
        broker.close();
        log.close();
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    String endpoint() {
        return "127.0.0.1:" + broker.port();
    }

    MillraceConnection connection() {
        return connection;
    }

    /** The topic of the test, one partition. */
    String topic() {
        return topic;
    }

    void publish(List<Event> events) {
        try (Producer producer = Producer.to(connection, topic)) {
            producer.publishAll(Flux.fromIterable(events)).blockLast(PATIENCE);
        }
    }

    /** Everything that is in the topic now. */
    List<Event> replayed() {
        return Consumer.on(connection)
                .subscribe(topic)
                .fromBeginning()
                .untilLiveEnd()
                .events()
                .map(ReceivedEvent::event)
                .collectList()
                .block(PATIENCE);
    }

    private static Broker start(KafkaEventLog log) throws IOException {
        return Broker.builder().log(log).port(0).start();
    }
}
