// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.localkafka.LocalKafka;
import io.millrace.localkafka.LocalKafkaConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** Kafka goes away and comes back. */
class KafkaRestartIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicName TOPIC = new TopicName("restart");
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    @TempDir
    private Path directory;

    @Test
    void tailsAndReadersGoOnWhereTheyWereWhenTheNodeIsKilledAndStartedAgain() {
        LocalKafka node = LocalKafka.start(LocalKafkaConfig.in(directory));
        LocalKafkaConfig again = LocalKafkaConfig.in(directory).withKafkaPort(node.port());
        try (KafkaEventLog log = KafkaEventLog.connect(config(node.bootstrapServers()))) {
            log.topics().create(TopicSpec.of(TOPIC), false).block(PATIENCE);
            TestSubscriber<LogBatch> tail = TestSubscriber.create();
            log.tail(PARTITION).subscribe(tail);
            TestSubscriber<LogBatch> reader = TestSubscriber.create();
            log.read(PARTITION, 0, Long.MAX_VALUE).subscribe(reader);
            await().atMost(PATIENCE).until(() -> !tail.getReceivedOnNext().isEmpty());
            append(log, "before");

            ProcessHandle.of(node.pid()).orElseThrow().destroyForcibly();
            node.onExit().join();
            assertThat(whyNot(append(log, List.of("away"))))
                    .isIn(Reason.PUBLISH_OUTCOME_UNKNOWN, Reason.LOG_UNAVAILABLE);
            Throwable question = catchThrowable(() -> log.bounds(PARTITION).block(PATIENCE));
            assertThat(question).isInstanceOf(RefusedException.class);
            assertThat(((RefusedException) question).refusal().reason()).isEqualTo(Reason.LOG_UNAVAILABLE);

            try (LocalKafka restarted = LocalKafka.start(again)) {
                await().atMost(PATIENCE)
                        .until(() -> append(log, List.of("after")).failures().isEmpty());
                for (TestSubscriber<LogBatch> subscriber : List.of(tail, reader)) {
                    await().atMost(PATIENCE)
                            .untilAsserted(() -> assertThat(texts(subscriber)).contains("before", "after"));
                    assertThat(offsets(subscriber)).isSorted().doesNotHaveDuplicates();
                    assertThat(subscriber.isTerminated()).isFalse();
                    subscriber.cancel();
                }
                assertThat(log.pendingAppendBytes()).isZero();
            }
        }
    }

    @Test
    void withoutAnyKafkaAppendsAndQuestionsAreRefusedInTime() {
        try (KafkaEventLog log = KafkaEventLog.connect(config("127.0.0.1:1"))) {
            Throwable append = catchThrowable(
                    () -> log.append(TOPIC, List.of(Event.builder().data("x").build()))
                            .block(PATIENCE));
            assertThat(append).isInstanceOf(RefusedException.class);
            assertThat(((RefusedException) append).refusal().reason()).isEqualTo(Reason.LOG_UNAVAILABLE);
            Throwable list = catchThrowable(() -> log.topics().list(false).block(PATIENCE));
            assertThat(((RefusedException) list).refusal().reason()).isEqualTo(Reason.LOG_UNAVAILABLE);
            assertThat(log.pendingAppendBytes()).isZero();
        }
    }

    private static KafkaLogConfig config(String bootstrapServers) {
        return KafkaLogConfig.of(bootstrapServers)
                .withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(2));
    }

    private static void append(KafkaEventLog log, String text) {
        assertThat(append(log, List.of(text)).failures()).isEmpty();
    }

    private static AppendResult append(KafkaEventLog log, List<String> texts) {
        List<Event> events =
                texts.stream().map(t -> Event.builder().data(t).build()).toList();
        return log.append(TOPIC, events)
                .onErrorResume(
                        RefusedException.class,
                        refused -> Mono.just(
                                new AppendResult(new int[] {-1}, new long[] {-1}, Map.of(0, refused.refusal()))))
                .block(PATIENCE);
    }

    private static Reason whyNot(AppendResult result) {
        Refusal refusal = result.failures().get(0);
        return refusal.reason();
    }

    private static List<String> texts(TestSubscriber<LogBatch> subscriber) {
        return stored(subscriber).stream().map(e -> e.event().data().utf8()).toList();
    }

    private static List<Long> offsets(TestSubscriber<LogBatch> subscriber) {
        return stored(subscriber).stream().map(StoredEvent::offset).toList();
    }

    private static List<StoredEvent> stored(TestSubscriber<LogBatch> subscriber) {
        return subscriber.getReceivedOnNext().stream()
                .flatMap(batch -> batch.events().stream())
                .toList();
    }
}
