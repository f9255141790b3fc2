// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.localkafka.LocalKafka;
import io.millrace.localkafka.LocalKafkaConfig;
import io.millrace.localkafka.testing.KafkaFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** The clients of Kafka are made anew while they are used, as when the clock has gone back. */
class ClientRenewalIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration JUMP = Duration.ofMinutes(10);
    private static final int RENEWALS = 5;
    private static final int APPENDS_BETWEEN = 300;

    @RegisterExtension
    static final KafkaFixture kafka = KafkaFixture.shared();

    private final TopicName topic = new TopicName("renewal." + UUID.randomUUID());
    private final TopicPartition partition = new TopicPartition(topic, 0);

    @Test
    void publishersWithoutANameReadersAndTailsGoOn() {
        try (KafkaEventLog log = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()))) {
            get(log.topics().create(TopicSpec.of(topic), false));
            TestSubscriber<LogBatch> tail = TestSubscriber.create();
            log.tail(partition).subscribe(tail);
            TestSubscriber<LogBatch> reader = TestSubscriber.create();
            log.read(partition, 0, Long.MAX_VALUE).subscribe(reader);
            await().atMost(PATIENCE).until(() -> !tail.getReceivedOnNext().isEmpty());
            AtomicInteger answers = new AtomicInteger();
            CompletableFuture<List<AppendResult>> published = Flux.range(0, (RENEWALS + 1) * APPENDS_BETWEEN)
                    .flatMapSequential(
                            n -> log.append(topic, List.of(event(n))).doOnNext(result -> answers.incrementAndGet()), 8)
                    .collectList()
                    .toFuture();

            for (int renewal = 1; renewal <= RENEWALS; renewal++) {
                int then = renewal * APPENDS_BETWEEN;
                await().atMost(PATIENCE).until(() -> answers.get() >= then || published.isDone());
                log.renewClients(JUMP);
            }

            List<AppendResult> results =
                    published.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            assertThat(reasons(results)).isSubsetOf(Reason.PUBLISH_OUTCOME_UNKNOWN, Reason.LOG_UNAVAILABLE);
            List<Long> acknowledged = LongStream.range(0, results.size())
                    .filter(n -> results.get((int) n).failures().isEmpty())
                    .boxed()
                    .toList();
            assertThat(acknowledged.size()).as(results.size() + " appends").isGreaterThan(results.size() * 9 / 10);
            long end = get(log.bounds(partition)).end();
            for (TestSubscriber<LogBatch> subscriber : List.of(tail, reader)) {
                await().atMost(PATIENCE).until(() -> numbers(subscriber).size() >= end);
                assertThat(numbers(subscriber))
                        .hasSize((int) end)
                        .isSorted()
                        .doesNotHaveDuplicates()
                        .containsAll(acknowledged);
                assertThat(subscriber.isTerminated()).isFalse();
                subscriber.cancel();
            }
        }
    }

    @Test
    void sessionsEndAndTheNextOneKnowsWhatIsStored() {
        String producerId = "publisher-" + UUID.randomUUID();
        try (KafkaEventLog log = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()))) {
            get(log.topics().create(TopicSpec.of(topic), false));
            long stored = 0;
            for (int renewal = 0; renewal < RENEWALS; renewal++) {
                PublisherSession session = get(log.openSession(producerId));
                get(session.append(run(++stored, 1), stored - 1));
                NumberedRun run = run(stored + 1, APPENDS_BETWEEN);
                CompletableFuture<AppendResult> underWay =
                        session.append(run, stored).toFuture();
                log.renewClients(JUMP);

                assertThat(reasonOf(session.append(run(run.lastSequence() + 1, 1), stored)))
                        .isEqualTo(Reason.LOG_UNAVAILABLE);
                long last = get(log.openSession(producerId)).lastSequence();
                assertThat(last).isIn(stored, run.lastSequence());
                if (!underWay.isCompletedExceptionally()) {
                    assertThat(last).as("what was acknowledged").isEqualTo(run.lastSequence());
                }
                stored = last;
            }

            List<Long> expected = LongStream.rangeClosed(1, stored).boxed().toList();
            TestSubscriber<LogBatch> reader = TestSubscriber.create();
            log.read(partition, 0, Long.MAX_VALUE).subscribe(reader);
            await().atMost(PATIENCE).until(() -> numbers(reader).size() >= expected.size());
            assertThat(numbers(reader)).isEqualTo(expected);
            reader.cancel();
        }
    }

    /** A client that waits for Kafka would wait on; whoever waits for it is let go. */
    @Test
    void whatWaitsForKafkaIsGivenUp(@TempDir Path directory) throws Exception {
        LocalKafka node = LocalKafka.start(LocalKafkaConfig.in(directory));
        try (KafkaEventLog log = KafkaEventLog.connect(KafkaLogConfig.of(node.bootstrapServers()))) {
            get(log.topics().create(TopicSpec.of(topic), false));
            PublisherSession session = get(log.openSession("waits"));
            get(session.append(run(1, 1), 0));
            get(log.append(topic, List.of(event(2))));
            ProcessHandle.of(node.pid()).orElseThrow().destroyForcibly();
            node.onExit().join();
            CompletableFuture<AppendResult> named =
                    session.append(run(2, 10), 1).toFuture();
            CompletableFuture<AppendResult> plain =
                    log.append(topic, List.of(event(3))).toFuture();
            assertThat(catchThrowable(() -> plain.get(1, TimeUnit.SECONDS))).isInstanceOf(TimeoutException.class);

            log.renewClients(JUMP);

            Throwable lost = catchThrowable(() -> named.get(1, TimeUnit.SECONDS));
            assertThat(lost).isInstanceOf(ExecutionException.class).hasMessageContaining("the server's clock has gone");
            assertThat(plain.get(1, TimeUnit.SECONDS).failures().get(0).reason())
                    .isIn(Reason.PUBLISH_OUTCOME_UNKNOWN, Reason.LOG_UNAVAILABLE);
        }
    }

    private NumberedRun run(long firstSequence, int events) {
        return new NumberedRun(
                topic,
                firstSequence,
                IntStream.range(0, events)
                        .mapToObj(i -> event(firstSequence + i))
                        .toList(),
                Map.of());
    }

    private static Event event(long number) {
        return Event.builder().id("id-" + number).data(Long.toString(number)).build();
    }

    /** On a machine that does much else the producer before may not have answered all that it had taken. */
    private static Set<Reason> reasons(List<AppendResult> results) {
        return results.stream()
                .flatMap(result -> result.failures().values().stream())
                .map(Refusal::reason)
                .collect(Collectors.toSet());
    }

    private static List<Long> numbers(TestSubscriber<LogBatch> subscriber) {
        return subscriber.getReceivedOnNext().stream()
                .flatMap(batch -> batch.events().stream())
                .map(stored -> Long.valueOf(
                        Objects.requireNonNull(stored.event().data()).utf8()))
                .toList();
    }

    private static Reason reasonOf(Mono<?> answer) {
        Throwable error = catchThrowable(() -> answer.block(PATIENCE));
        assertThat(error).isInstanceOf(RefusedException.class);
        return ((RefusedException) error).refusal().reason();
    }

    private static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }
}
