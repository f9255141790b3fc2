// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.client.Backoff;
import io.millrace.client.CuttingProxy;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.log.EventLog;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.localkafka.testing.KafkaFixture;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;

/**
 * The connection of a subscriber is cut again and again while events are being published: during replay, at the live
 * end, and before it has opened again.
 */
class ResumeIT {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final TopicName TOPIC = new TopicName("resume");
    private static final int CUTS = 50;
    private static final int EVENTS_BEFORE = 100_000;
    private static final int EVENTS_PER_SECOND = 5_000;

    /** The next cut comes after so many received events at most; more than what is behind only now and then. */
    private static final int LONGEST_WAIT_EVENTS = 8_000;

    private static final int RING_BYTES = 256 * 1024;
    private static final int PARTITIONS = 4;
    private static final long SEED = 20_261_122;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Random random = new Random(SEED);

    @Test
    void aSubscriberThatIsCutOffManyTimesReceivesEveryEventOnceFromALogInMemory() throws IOException {
        try (EventLog log = MemoryEventLog.create()) {
            cutManyTimes("memory", log);
        }
    }

    @Test
    void aSubscriberThatIsCutOffManyTimesReceivesEveryEventOnceFromKafka() throws IOException {
        try (EventLog log = KafkaEventLog.connect(KafkaLogConfig.of(KAFKA.bootstrapServers()))) {
            cutManyTimes("Kafka", log);
        }
    }

    private void cutManyTimes(String name, EventLog log) throws IOException {
        log.topics()
                .create(TopicSpec.of(TOPIC).withPartitions(PARTITIONS), false)
                .block(PATIENCE);
        BrokerLimits limits =
                BrokerLimits.defaults().withRingBytes(RING_BYTES, RING_BYTES).withRingIdle(Duration.ZERO);
        try (Broker broker = Broker.builder().log(log).port(0).limits(limits).start();
                CuttingProxy proxy = CuttingProxy.to(broker.port());
                MillraceConnection direct = MillraceConnection.to("127.0.0.1:" + broker.port());
                MillraceConnection breaking = MillraceConnection.builder(proxy.endpoint())
                        .backoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(50)))
                        .build();
                NumberedPublisher publisher = new NumberedPublisher(direct, TOPIC, new NumberedEvents(Long.BYTES))) {
            publisher.allowUpTo(EVENTS_BEFORE);
            publisher.awaitAcknowledged(EVENTS_BEFORE);
            publisher.pace(EVENTS_BEFORE, EVENTS_PER_SECOND);
            Reader reader = new Reader(breaking);
            for (int cut = 1; cut <= CUTS; cut++) {
                reader.awaitEvents(random.nextInt(LONGEST_WAIT_EVENTS));
                proxy.cut();
                reader.awaitDisconnected(cut);
            }
            long published = publisher.pause();
            await("everything has come").atMost(PATIENCE).until(() -> reader.events() >= published);
            reader.close();
            publisher.finish();
            System.out.println("Resume on " + name + ": " + CUTS + " cuts, " + published + " events, " + reader);
            assertThat(reader.order.firstDeviation()).isEqualTo("none");
            assertThat(reader.order.nextNumber()).isEqualTo(published);
            assertThat(reader.events()).isEqualTo(published);
            await("the reader's streams have ended").atMost(PATIENCE).until(() -> broker.streams() <= 1);
        }
        log.topics().delete(TOPIC).block(PATIENCE);
    }

    /** Reads from the beginning and checks every event. */
    private static final class Reader {
        private final OrderCheck order = OrderCheck.fromBeginning();
        private final AtomicLong events = new AtomicLong();
        private final AtomicInteger disconnected = new AtomicInteger();
        private final AtomicInteger caughtUp = new AtomicInteger();
        private final Disposable subscription;
        private volatile Throwable failure;

        Reader(MillraceConnection connection) {
            subscription = Consumer.on(connection)
                    .subscribe(TOPIC.value())
                    .fromBeginning()
                    .onSignal(this::heard)
                    .events()
                    .subscribe(this::received, error -> failure = error);
        }

        long events() {
            if (failure != null) {
                throw new AssertionError("the subscription has failed", failure);
            }
            return events.get();
        }

        void awaitEvents(int more) {
            long before = events();
            await("events after a cut")
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> events() >= before + more);
        }

        void awaitDisconnected(int times) {
            await("the reader has noticed the cut")
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> disconnected.get() >= times);
        }

        void close() {
            subscription.dispose();
        }

        private void received(ReceivedEvent event) {
            order.accept(event);
            events.incrementAndGet();
        }

        private void heard(Signal signal) {
            if (signal instanceof Signal.Disconnected) {
                disconnected.incrementAndGet();
            } else if (signal instanceof Signal.CaughtUp) {
                caughtUp.incrementAndGet();
            }
        }

        @Override
        public String toString() {
            return "disconnected " + disconnected + " times, caught up " + caughtUp + " times, " + order.gaps()
                    + " gaps, " + order.repeats() + " repeats";
        }
    }
}
