// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.log.PublisherHistory;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.AppendRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** With a Kafka that answers for the history when the test says so. */
class SessionWriterTest {
    private static final TopicName TOPIC = new TopicName("orders");
    private static final TopicPartition PLACE = new TopicPartition(new TopicName(SequenceTopic.NAME), 0);

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(Cluster.empty(), false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final SessionWriter writer = new SessionWriter(
            "p",
            PLACE,
            kafka,
            new TopicRules(topic -> Mono.just(AppendRules.UNKNOWN), Duration.ofSeconds(1)),
            PublisherHistory.none());

    @BeforeEach
    void begin() {
        kafka.initTransactions();
    }

    @Test
    void nothingIsCommittedBeforeKafkaHasTheHistory() throws Exception {
        CompletableFuture<List<List<AppendResult>>> answer = new CompletableFuture<>();
        Thread writing = start(() -> writer.write(List.of(batch(3)), 0), answer);
        awaitHistorySent(writing);
        assertThat(kafka.transactionCommitted()).isFalse();

        assertThat(kafka.completeNext()).isTrue();
        assertThat(answer.get().get(0).get(0).offset(2)).isEqualTo(2);
        assertThat(kafka.transactionCommitted()).isTrue();
        assertThat(writer.lastSequence()).isEqualTo(3);
    }

    @Test
    void aHistoryThatKafkaDoesNotTakeEndsTheWriterAndTakesTheEventsBack() throws Exception {
        CompletableFuture<List<List<AppendResult>>> answer = new CompletableFuture<>();
        Thread writing = start(() -> writer.write(List.of(batch(3)), 0), answer);
        awaitHistorySent(writing);
        assertThat(kafka.errorNext(new TimeoutException("no answer"))).isTrue();

        assertThatThrownBy(answer::get).hasCauseInstanceOf(TimeoutException.class);
        writer.close();
        assertThat(kafka.transactionCommitted()).isFalse();
        assertThat(kafka.transactionAborted()).isTrue();
    }

    private static <T> Thread start(Callable<T> work, CompletableFuture<T> answer) {
        Thread thread = new Thread(() -> {
            try {
                answer.complete(work.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        thread.start();
        return thread;
    }

    /** It waits for the answer, or has not waited for it and is through. */
    private static void awaitHistorySent(Thread writing) {
        await().until(() -> writing.getState() == Thread.State.WAITING || !writing.isAlive());
    }

    private static SessionWriter.Batch batch(int events) {
        List<Event> list = IntStream.range(0, events)
                .mapToObj(i -> Event.builder().key("k").data("e" + i).build())
                .toList();
        return new SessionWriter.Batch(List.of(new NumberedRun(TOPIC, 1, list, Map.of())), false);
    }
}
