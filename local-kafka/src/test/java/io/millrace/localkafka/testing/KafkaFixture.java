// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka.testing;

import io.millrace.localkafka.InProcessNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Kafka for tests, one for all test classes of a JVM:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final KafkaFixture kafka = KafkaFixture.shared();
 * }</pre>
 *
 * <p>It is a container where a Docker engine answers, and a KRaft node in this JVM where none does; one line on
 * standard output says which. Tests pass on both, so none is ever skipped. The system property {@code
 * millrace.test.kafka} ({@code container} or {@code local}) takes the choice away.
 *
 * <p>Both have {@code auto.create.topics.enable=false}, one replica of everything, and messages of up to 2 MiB. Topics
 * are the tests' own affair: each makes its own, with a name of its own, and leaves it there.
 */
public final class KafkaFixture implements BeforeAllCallback {
    private static final String CHOICE = "millrace.test.kafka";

    private static @Nullable Kafka running;

    private KafkaFixture() {}

    /** The one Kafka of this JVM. It starts with the first test class that has it, and ends after the last one. */
    public static KafkaFixture shared() {
        return new KafkaFixture();
    }

    /** What clients connect to. There from {@code @BeforeAll} on, not yet in static initialisers. */
    public String bootstrapServers() {
        synchronized (KafkaFixture.class) {
            if (running == null) {
                throw new IllegalStateException("the Kafka fixture has not started: register it with @RegisterExtension"
                        + " on a static field and ask from @BeforeAll on");
            }
            return running.bootstrapServers();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        QuietLogs.install();
        synchronized (KafkaFixture.class) {
            if (running == null) {
                running = start();
                // Closed by JUnit after the last test of all.
                context.getRoot()
                        .getStore(ExtensionContext.Namespace.create(KafkaFixture.class))
                        .put("kafka", (AutoCloseable) KafkaFixture::stop);
            }
        }
    }

    private static void stop() throws Exception {
        synchronized (KafkaFixture.class) {
            if (running != null) {
                running.close();
                running = null;
            }
        }
    }

    private static Kafka start() throws Exception {
        String choice = System.getProperty(CHOICE, "");
        Optional<DockerEngine> engine = choice.equals("local") ? Optional.empty() : DockerEngine.find();
        if (engine.isPresent()) {
            Kafka kafka = new Container();
            say("a container, through the Docker engine at " + engine.get().address());
            return kafka;
        }
        if (choice.equals("container")) {
            throw new IllegalStateException("-D" + CHOICE + "=container, but no Docker engine answers");
        }
        Kafka kafka = new Local();
        say("a KRaft node in this JVM, "
                + (choice.equals("local") ? "as asked for" : "because no Docker engine answers"));
        return kafka;
    }

    private static void say(String which) {
        System.out.println("Kafka under test: " + which);
    }

    /** One that runs. */
    private interface Kafka extends AutoCloseable {
        String bootstrapServers();
    }

    private static final class Local implements Kafka {
        private final InProcessNode node;

        Local() throws Exception {
            this.node = InProcessNode.start();
        }

        @Override
        public String bootstrapServers() {
            return node.bootstrapServers();
        }

        @Override
        public void close() throws Exception {
            node.close();
        }
    }

    /** The only class that needs Testcontainers, and loaded only where an engine answers. */
    private static final class Container implements Kafka {
        private final org.testcontainers.kafka.KafkaContainer container = new org.testcontainers.kafka.KafkaContainer(
                        "apache/kafka:4.4.0")
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_MESSAGE_MAX_BYTES", "2097152")
                .withEnv("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "3")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "3")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");

        Container() {
            container.start();
        }

        @Override
        public String bootstrapServers() {
            return container.getBootstrapServers();
        }

        @Override
        public void close() {
            container.stop();
        }
    }
}
