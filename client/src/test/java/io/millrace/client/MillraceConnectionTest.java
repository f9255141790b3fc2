// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.broker.Broker;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.refusal.Code;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Connections and administration, against a real broker. */
class MillraceConnectionTest {
    private static final TopicName ORDERS = new TopicName("orders");
    private static final Duration SOON = Duration.ofSeconds(10);

    private MemoryEventLog log;
    private Broker broker;
    private MillraceConnection connection;

    @BeforeEach
    void start() throws IOException {
        log = MemoryEventLog.create();
        broker = Broker.builder().log(log).port(0).start();
        connection = MillraceConnection.to("127.0.0.1:" + broker.port());
    }

    @AfterEach
    void stop() {
        connection.close();
        broker.close();
        log.close();
    }

    @Test
    void aServerThatAnswersIsReady() {
        connection.ready(SOON).block(SOON);
    }

    @Test
    void whereNothingAnswersTheErrorNamesTheEndpointsAndComesInTime() {
        String nobody = "127.0.0.1:" + freePort() + ",127.0.0.1:" + freePort();
        try (MillraceConnection lonely = MillraceConnection.to(nobody)) {
            long before = System.nanoTime();
            MillraceException error = refused(lonely.ready(Duration.ofMillis(500)));
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isBetween(Duration.ofMillis(490), Duration.ofSeconds(5));
            assertThat(error.reason()).contains(Reason.SERVER_UNREACHABLE);
            assertThat(error).hasMessageContaining(nobody.replace(",", ", "));
        }
    }

    @Test
    void aServerThatStartsLaterIsFound() throws IOException {
        int port = freePort();
        try (MillraceConnection early = MillraceConnection.to("127.0.0.1:" + port)) {
            CompletableFuture<Void> ready = early.ready(SOON).toFuture();
            assertThat(refused(early.topics().get(ORDERS)).reason()).contains(Reason.SERVER_UNREACHABLE);
            try (Broker late = Broker.builder().log(log).port(port).start()) {
                ready.join();
                assertThat(early.topics().list().collectList().block(SOON)).isEmpty();
            }
        }
    }

    @Test
    void aCallGoesToTheNextEndpointWhereOneDoesNotAnswer() {
        String endpoints = "127.0.0.1:" + freePort() + ",127.0.0.1:" + broker.port();
        try (MillraceConnection both = MillraceConnection.to(endpoints)) {
            both.topics().create(TopicSpec.of(ORDERS)).block(SOON);
            assertThat(both.topics().get(ORDERS).block(SOON).partitions()).isEqualTo(1);
        }
    }

    @Test
    void aRefusalIsNoReasonToLeaveAnEndpoint() {
        String endpoints = "127.0.0.1:" + broker.port() + ",127.0.0.1:" + freePort();
        try (MillraceConnection both = MillraceConnection.to(endpoints)) {
            Link before = both.link();
            assertThat(refused(both.topics().get(ORDERS)).reason()).contains(Reason.TOPIC_NOT_FOUND);
            assertThat(both.link()).isSameAs(before);
        }
    }

    @Test
    void aHostThatDoesNotExistIsUnreachable() {
        try (MillraceConnection nowhere = MillraceConnection.to("no-such-host.invalid")) {
            MillraceException error = refused(nowhere.topics().get(ORDERS));
            assertThat(error.reason()).contains(Reason.SERVER_UNREACHABLE);
            assertThat(error).hasMessageContaining("no-such-host.invalid:7450");
        }
    }

    @Test
    void aServerThatNeverAnswersEndsInADeadline() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                MillraceConnection patient = MillraceConnection.builder("127.0.0.1:" + silent.getLocalPort())
                        .callTimeout(Duration.ofMillis(300))
                        .build()) {
            assertThat(refused(patient.topics().get(ORDERS)).code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void answersComeWhereBlockingIsAllowed() {
        assertThat(connection
                        .topics()
                        .create(TopicSpec.of(ORDERS))
                        .map(info -> Thread.currentThread().getName())
                        .block(SOON))
                .startsWith("boundedElastic");
    }

    @Test
    void aClosedConnectionSaysSo() {
        connection.close();
        assertThat(refused(connection.topics().get(ORDERS))).hasMessageContaining("closed");
    }

    @Test
    void aTopicIsMadeDescribedChangedAndRemoved() {
        Topics topics = connection.topics();
        TopicInfo made = topics.create(new TopicSpec(ORDERS, 2, 0, Map.of("retention.ms", "1000")))
                .block(SOON);
        assertThat(made.name()).isEqualTo(ORDERS);
        assertThat(made.partitions()).isEqualTo(2);
        assertThat(made.config()).containsEntry("retention.ms", "1000");
        assertThat(topics.get(ORDERS).block(SOON)).isEqualTo(made);

        TopicInfo changed = topics.update(
                        ORDERS,
                        new TopicUpdate(OptionalInt.of(4), Map.of("retention.bytes", "5000"), Set.of("retention.ms")))
                .block(SOON);
        assertThat(changed.partitions()).isEqualTo(4);
        assertThat(changed.config()).containsEntry("retention.bytes", "5000").doesNotContainKey("retention.ms");

        TopicStats stats = topics.stats(ORDERS).block(SOON);
        assertThat(stats.topic()).isEqualTo(ORDERS);
        assertThat(stats.partitions()).hasSize(4).allMatch(partition -> partition.endOffset() == 0);

        topics.delete(ORDERS).block(SOON);
        assertThat(refused(topics.get(ORDERS)).reason()).contains(Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void aTopicThatIsOnlyCheckedIsNotMade() {
        connection.topics().create(TopicSpec.of(ORDERS), true).block(SOON);
        assertThat(refused(connection.topics().get(ORDERS)).reason()).contains(Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void aTopicThatExistsIsNotMadeAgain() {
        connection.topics().create(TopicSpec.of(ORDERS)).block(SOON);
        MillraceException error = refused(connection.topics().create(TopicSpec.of(ORDERS)));
        assertThat(error.reason()).contains(Reason.TOPIC_EXISTS);
        assertThat(error.retryable()).isFalse();
    }

    @Test
    void moreTopicsThanOnePageHoldsAreListedInOrder() {
        IntStream.range(0, 120)
                .mapToObj(n -> new TopicName("t-%03d".formatted(n)))
                .forEach(name -> connection.topics().create(TopicSpec.of(name)).block(SOON));
        assertThat(connection.topics().list().map(TopicInfo::name).collectList().block(SOON))
                .hasSize(120)
                .isSorted();
        assertThat(connection.topics().list("t-11", false).count().block(SOON)).isEqualTo(10);
    }

    private static MillraceException refused(Mono<?> call) {
        return catchThrowableOfType(MillraceException.class, () -> call.block(SOON));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
