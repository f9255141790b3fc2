// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.millrace.broker.Broker;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.client.ConnectionListener;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.log.EventLog;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.load.fault.Signals;
import io.millrace.localkafka.LocalKafka;
import io.millrace.localkafka.LocalKafkaConfig;
import io.millrace.v1.Event;
import io.millrace.v1.PublishEntry;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublisherServiceGrpc;
import io.millrace.wire.StatusCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;

/** Kafka stands still under a publisher and a live subscriber, says nothing to anybody, and goes on. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KafkaAwayIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final Duration PUBLISH_PATIENCE = Duration.ofSeconds(1);

    /** What is on its way when Kafka stops still has no unknown outcome when it goes on, also on a busy machine. */
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(90);

    private static final TopicName TOPIC = new TopicName("away");
    private static final int EVENTS_PER_SECOND = 500;
    private static final int EVENTS = 1_000;
    private static final String PUBLISHING = PublisherServiceGrpc.SERVICE_NAME;

    @TempDir
    private Path directory;

    private final List<ConnectionListener.Retry> lost = new CopyOnWriteArrayList<>();
    private final List<Signal> signals = new CopyOnWriteArrayList<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong received = new AtomicLong();

    @Test
    void everybodyStaysIsToldWhyNothingComesAndGoesOnWithoutALossOrARepeat() throws IOException {
        KafkaLogConfig config;
        try (LocalKafka kafka = LocalKafka.start(LocalKafkaConfig.in(directory))) {
            config = KafkaLogConfig.of(kafka.bootstrapServers()).withTimeouts(SILENCE, DELIVERY_TIMEOUT, PATIENCE);
            try (EventLog log = KafkaEventLog.connect(config);
                    Broker broker =
                            Broker.builder().log(log).port(0).limits(limits()).start()) {
                log.topics().create(TopicSpec.of(TOPIC), false).block(PATIENCE);
                stopUnderEverybody(kafka, broker);
            }
        }
    }

    private static BrokerLimits limits() {
        return BrokerLimits.defaults()
                .withPublishPatience(PUBLISH_PATIENCE)
                .withTimes(
                        Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofMinutes(30), Duration.ofSeconds(30));
    }

    private void stopUnderEverybody(LocalKafka kafka, Broker broker) {
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", broker.port())
                .usePlaintext()
                .build();
        try (MillraceConnection connection = MillraceConnection.builder("127.0.0.1:" + broker.port())
                        .listener(new Losses())
                        .build();
                NumberedPublisher publisher = new NumberedPublisher(connection, TOPIC, new NumberedEvents(64))) {
            Disposable subscription = Consumer.on(connection)
                    .subscribe(TOPIC.value())
                    .fromBeginning()
                    .onSignal(signals::add)
                    .events()
                    .subscribe(this::receive, error -> wrong.add(error.toString()));
            publisher.pace(0, EVENTS_PER_SECOND);
            await().atMost(PATIENCE).until(() -> received.get() >= EVENTS);
            assertThat(health(channel, PUBLISHING)).isEqualTo(ServingStatus.SERVING);

            Signals.pause(kafka.pid());
            try {
                await().atMost(PATIENCE).until(() -> health(channel, PUBLISHING) == ServingStatus.NOT_SERVING);
                signals.clear();
                await().atMost(PATIENCE).until(this::hasBeenToldThatTheLogIsAway);
                assertThat(health(channel, "")).as("the server itself").isEqualTo(ServingStatus.SERVING);
                refusedAsAway(catchThrowable(() -> publishOne(channel)));
            } finally {
                Signals.resume(kafka.pid());
            }

            await().atMost(PATIENCE).until(() -> health(channel, PUBLISHING) == ServingStatus.SERVING);
            publisher.awaitAcknowledged(publisher.acknowledged() + EVENTS);
            long stored = publisher.pause();
            await().atMost(PATIENCE).until(() -> received.get() >= stored);
            assertThat(received.get()).as("received of %s stored", stored).isEqualTo(stored);
            assertThat(wrong).isEmpty();
            assertThat(lost).as("streams that were opened again").isEmpty();
            assertThat(signals).noneMatch(signal -> signal instanceof Signal.Gap || signal instanceof Signal.Opened);
            publisher.finish();
            subscription.dispose();
        } finally {
            channel.shutdownNow();
        }
    }

    /** One publisher, one partition, nothing twice: the number of an event is its offset. */
    private void receive(ReceivedEvent event) {
        long expected = received.getAndIncrement();
        if (event.offset() != expected || NumberedEvents.numberOf(event) != expected) {
            wrong.add(event + " with number " + NumberedEvents.numberOf(event) + " instead of " + expected);
        }
    }

    private boolean hasBeenToldThatTheLogIsAway() {
        return signals.stream()
                .anyMatch(signal -> signal instanceof Signal.Heartbeat heartbeat
                        && heartbeat.stallReason() == Signal.StallReason.LOG_UNAVAILABLE);
    }

    private static ServingStatus health(ManagedChannel channel, String service) {
        return HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    private static void publishOne(ManagedChannel channel) {
        PublisherServiceGrpc.newBlockingStub(channel)
                .publish(PublishRequest.newBuilder()
                        .setTopic(TOPIC.value())
                        .addEntries(PublishEntry.newBuilder()
                                .setEvent(Event.newBuilder().setData(ByteString.copyFromUtf8("one"))))
                        .build());
    }

    private static void refusedAsAway(Throwable failure) {
        assertThat(StatusCodec.toRefusal(failure))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.LOG_UNAVAILABLE));
        assertThat(StatusCodec.retryDelay(failure)).isPresent();
    }

    private final class Losses implements ConnectionListener {
        @Override
        public void onRetry(Retry retry) {
            lost.add(retry);
        }
    }
}
