// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.memory.MemoryLogConfig;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.v1.PublishEntry;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublisherServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real broker on a real port over the log in memory, for each test. After each test every stream has ended and the
 * ledger is back at zero, or the test fails.
 */
final class BrokerFixture implements BeforeEachCallback, AfterEachCallback {
    static final TopicName TOPIC = new TopicName("orders");
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int RING_BYTES = 256 * 1024;

    private final BrokerLimits limits;
    private final UnaryOperator<EventLog> around;
    private @Nullable MemoryEventLog log;
    private @Nullable Broker broker;
    private @Nullable ManagedChannel channel;

    BrokerFixture() {
        this(quick());
    }

    BrokerFixture(BrokerLimits limits) {
        this(limits, UnaryOperator.identity());
    }

    /** With something between the broker and its log. */
    BrokerFixture(BrokerLimits limits, UnaryOperator<EventLog> around) {
        this.limits = limits;
        this.around = around;
    }

    /** Small rings that are given back at once, and a heartbeat that a test can wait for. */
    static BrokerLimits quick() {
        return BrokerLimits.defaults()
                .withRingBytes(RING_BYTES, RING_BYTES)
                .withRingIdle(Duration.ZERO)
                .withTimes(
                        Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofMinutes(30), Duration.ofSeconds(30));
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        log = MemoryEventLog.create(MemoryLogConfig.defaults());
        createTopic(TOPIC, 1);
        broker =
                Broker.builder().log(around.apply(log())).port(0).limits(limits).start();
        channel = newChannel();
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        channel().shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        await("every stream has ended").atMost(PATIENCE).until(() -> broker().streams() == 0);
        await("the ledger is back at zero")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(broker().ledger().usedBytes()).isZero());
        broker().close();
        log().close();
    }

    Broker broker() {
        return Objects.requireNonNull(broker);
    }

    EventLog log() {
        return Objects.requireNonNull(log);
    }

    ManagedChannel channel() {
        return Objects.requireNonNull(channel);
    }

    ManagedChannel newChannel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", broker().port())
                .usePlaintext()
                .build();
    }

    void createTopic(TopicName topic, int partitions) {
        log().topics()
                .create(new TopicSpec(topic, partitions, 0, Map.of()), false)
                .block(PATIENCE);
    }

    /** Where the topic ends: how many events are stored there. */
    long end() {
        return Objects.requireNonNull(log().bounds(new TopicPartition(TOPIC, 0)).block(PATIENCE))
                .end();
    }

    PublisherServiceGrpc.PublisherServiceBlockingStub publisher() {
        return PublisherServiceGrpc.newBlockingStub(channel());
    }

    /** To publish one event. */
    static PublishRequest.Builder request() {
        return PublishRequest.newBuilder()
                .setTopic(TOPIC.value())
                .addEntries(PublishEntry.newBuilder().setEvent(PublishCall.event("a")));
    }

    /** Appends events whose data are the numbers {@code from} to {@code to - 1}. */
    AppendResult append(int from, int to) {
        return append(TOPIC, from, to);
    }

    AppendResult append(TopicName topic, int from, int to) {
        return Objects.requireNonNull(log().append(
                        topic,
                        IntStream.range(from, to)
                                .mapToObj(i -> Event.builder()
                                        .id("e" + i)
                                        .source("/test")
                                        .type("test")
                                        .key("k" + i)
                                        .data(Integer.toString(i))
                                        .build())
                                .toList())
                .block(PATIENCE));
    }
}
