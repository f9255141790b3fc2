// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.localkafka.LocalCluster;
import io.millrace.localkafka.testing.QuietLogs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** The node that leads a partition dies under those who write and read it, and leads it again when it is back. */
class LeaderChangeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicName TOPIC = new TopicName("leader-change");
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final org.apache.kafka.common.TopicPartition KAFKAS_PARTITION =
            new org.apache.kafka.common.TopicPartition(TOPIC.value(), 0);
    private static final int ENOUGH = 500;
    private static final int UNDER_WAY = 16;

    @TempDir
    private Path directory;

    private final Map<Long, String> acknowledged = new ConcurrentSkipListMap<>();
    private final Queue<String> unknown = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean writing = new AtomicBoolean(true);

    @BeforeAll
    static void quiet() {
        QuietLogs.install();
    }

    @Test
    void everyAcknowledgedEventArrivesOnceAndInOrderWhenTheLeaderIsKilledAndComesBack() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(directory);
                KafkaEventLog log = KafkaEventLog.connect(KafkaLogConfig.of(cluster.bootstrapServers()));
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            log.topics().create(new TopicSpec(TOPIC, 1, 3, Map.of()), false).block(PATIENCE);
            TestSubscriber<LogBatch> tail = TestSubscriber.create();
            log.tail(PARTITION).subscribe(tail);
            await().atMost(PATIENCE).until(() -> !tail.getReceivedOnNext().isEmpty());
            List<CompletableFuture<Void>> writers = List.of(
                    CompletableFuture.runAsync(() -> append(log)),
                    CompletableFuture.runAsync(() -> produce(cluster.bootstrapServers())));
            awaitMoreAcknowledged();

            int killed = partition(admin).leader().id();
            cluster.kill(killed);
            await().atMost(PATIENCE).until(() -> isLedByAnotherThan(killed, admin));
            awaitMoreAcknowledged();

            cluster.startAgain(killed);
            await().atMost(PATIENCE).until(() -> partition(admin).isr().size() == 3);
            admin.electLeaders(ElectionType.PREFERRED, Set.of(KAFKAS_PARTITION))
                    .all()
                    .get();
            await().atMost(PATIENCE).until(() -> !isLedByAnotherThan(killed, admin));
            awaitMoreAcknowledged();
            writing.set(false);
            writers.forEach(CompletableFuture::join);

            long end = log.bounds(PARTITION).block(PATIENCE).end();
            await().atMost(PATIENCE).until(() -> position(tail) == end);
            List<StoredEvent> arrived = arrived(tail);
            assertThat(arrived).isEqualTo(replayed(log, end));
            assertContinuous(tail.getReceivedOnNext());
            assertArrivedOnceAndInOrder(arrived);
            assertThat(tail.isTerminated()).isFalse();
            tail.cancel();
        }
    }

    private void assertArrivedOnceAndInOrder(List<StoredEvent> arrived) {
        Map<Long, String> texts = new ConcurrentSkipListMap<>();
        arrived.forEach(
                stored -> texts.put(stored.offset(), stored.event().data().utf8()));
        assertThat(texts).containsAllEntriesOf(acknowledged);
        List<String> known =
                texts.values().stream().filter(text -> !unknown.contains(text)).toList();
        assertThat(known).doesNotHaveDuplicates().hasSameSizeAs(acknowledged.values());
        for (String writer : List.of("append-", "native-")) {
            assertThat(known.stream().filter(text -> text.startsWith(writer)).toList())
                    .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
        }
    }

    private static void assertContinuous(List<LogBatch> batches) {
        long position = batches.get(0).fromOffset();
        for (LogBatch batch : batches) {
            assertThat(batch.fromOffset()).isEqualTo(position);
            position = batch.nextOffset();
        }
    }

    private void awaitMoreAcknowledged() {
        int enough = acknowledged.size() + ENOUGH;
        await().atMost(PATIENCE).until(() -> acknowledged.size() > enough);
    }

    // ---- who writes

    private void append(KafkaEventLog log) {
        Flux.<String, Integer>generate(() -> 0, (number, sink) -> {
                    if (writing.get()) {
                        sink.next("append-" + number);
                    } else {
                        sink.complete();
                    }
                    return number + 1;
                })
                .flatMap(
                        text -> log.append(
                                        TOPIC,
                                        List.of(Event.builder().data(text).build()))
                                .doOnNext(result -> note(text, result))
                                .onErrorResume(RefusedException.class, refused -> notStored(text)),
                        UNDER_WAY)
                .blockLast(PATIENCE);
    }

    private Mono<AppendResult> notStored(String text) {
        unknown.add(text);
        return Mono.empty();
    }

    private void note(String text, AppendResult result) {
        if (result.failures().isEmpty()) {
            acknowledged.put(result.offset(0), text);
        } else {
            unknown.add(text);
        }
    }

    /** One that knows nothing of Millrace: what it writes comes to the tail from Kafka alone. */
    private void produce(String bootstrapServers) {
        Semaphore room = new Semaphore(UNDER_WAY);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int number = 0; writing.get(); number++) {
                String text = "native-" + number;
                room.acquireUninterruptibly();
                producer.send(
                        new ProducerRecord<>(TOPIC.value(), 0, null, text.getBytes(StandardCharsets.UTF_8)),
                        (metadata, failure) -> {
                            room.release();
                            if (failure == null) {
                                acknowledged.put(metadata.offset(), text);
                            } else {
                                unknown.add(text);
                            }
                        });
            }
        }
    }

    // ---- who reads

    private static TopicPartitionInfo partition(Admin admin) throws InterruptedException, ExecutionException {
        return admin.describeTopics(List.of(TOPIC.value()))
                .allTopicNames()
                .get()
                .get(TOPIC.value())
                .partitions()
                .get(0);
    }

    private static boolean isLedByAnotherThan(int id, Admin admin) throws InterruptedException, ExecutionException {
        Node leader = partition(admin).leader();
        return leader != null && !leader.isEmpty() && leader.id() != id;
    }

    private static long position(TestSubscriber<LogBatch> tail) {
        return tail.getReceivedOnNext().stream()
                .mapToLong(LogBatch::nextOffset)
                .max()
                .orElse(-1);
    }

    private static List<StoredEvent> arrived(TestSubscriber<LogBatch> tail) {
        return tail.getReceivedOnNext().stream()
                .flatMap(batch -> batch.events().stream())
                .toList();
    }

    private static List<StoredEvent> replayed(KafkaEventLog log, long end) {
        return log.read(PARTITION, 0, end)
                .flatMapIterable(LogBatch::events)
                .collectList()
                .block(PATIENCE);
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(text.indexOf('-') + 1));
    }
}
