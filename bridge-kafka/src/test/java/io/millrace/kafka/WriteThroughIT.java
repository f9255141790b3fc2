// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.record.EventRecord;
import io.millrace.localkafka.testing.KafkaFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** What this log has appended reaches its tails at Kafka's acknowledgement, whoever else writes to the topic. */
class WriteThroughIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int APPENDS = 600;
    private static final int TRANSACTIONS = 60;
    private static final int NATIVE_RECORDS = 3_000;
    private static final int KEYED_RECORDS = 500;

    @RegisterExtension
    static final KafkaFixture kafka = KafkaFixture.shared();

    private KafkaEventLog log;

    @BeforeEach
    void connect() {
        log = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()));
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void whatOneLogAppendsAloneIsShownAtTheAcknowledgementAndEqualsWhatIsReadLater() {
        TopicPartition partition = newTopic("alone", 1, Map.of());
        Live live = follow(partition);

        publish(partition.topic(), 0);

        List<StoredEvent> replayed = replayed(partition);
        awaitEnd(live, partition);
        assertThat(live.events()).isEqualTo(replayed).hasSize(APPENDS * 3);
        assertThat(live.shares()).containsKey(Live.ACKNOWLEDGED);
        assertThat(live.shares().get(Live.ACKNOWLEDGED)).isGreaterThan(APPENDS);
    }

    @Test
    void timesOfTheBrokersOwnClockAreThoseThatAreReadLater() {
        TopicPartition partition = newTopic("appendtime", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        Live live = follow(partition);

        publish(partition.topic(), 0);

        awaitEnd(live, partition);
        assertThat(live.events()).isEqualTo(replayed(partition));
        assertThat(live.shares()).containsKey(Live.ACKNOWLEDGED);
    }

    @Test
    void everyPartitionOfATopicIsShownInItsOwnOrder() {
        TopicPartition first = newTopic("many", 3, Map.of());
        List<Live> lives = IntStream.range(0, 3)
                .mapToObj(p -> follow(new TopicPartition(first.topic(), p)))
                .toList();

        publish(first.topic(), 0);

        for (int p = 0; p < 3; p++) {
            TopicPartition partition = new TopicPartition(first.topic(), p);
            awaitEnd(lives.get(p), partition);
            assertThat(lives.get(p).events()).isEqualTo(replayed(partition)).isNotEmpty();
            lives.get(p).assertContinuous();
        }
    }

    @Test
    void nativeProducersAndTransactionsInBetweenLeaveNoHoleAndNoRepeat() {
        TopicPartition partition = newTopic("mixed", 1, Map.of());
        Live live = follow(partition);

        List<CompletableFuture<Void>> writers = List.of(
                CompletableFuture.runAsync(() -> publish(partition.topic(), 0)),
                CompletableFuture.runAsync(() -> publish(partition.topic(), 1)),
                CompletableFuture.runAsync(() -> produce(partition)),
                CompletableFuture.runAsync(() -> produceInTransactions(partition)));
        writers.forEach(CompletableFuture::join);
        publish(partition.topic(), 2);

        List<StoredEvent> replayed = replayed(partition);
        awaitEnd(live, partition);
        live.assertContinuous();
        assertThat(live.events()).isEqualTo(consumed(partition)).isEqualTo(replayed);
        assertThat(live.events())
                .hasSize(3 * APPENDS * 3 + NATIVE_RECORDS + TRANSACTIONS / 2 * 5)
                .noneMatch(stored -> stored.event().data().utf8().startsWith("aborted"));
        assertThat(live.shares()).containsKeys(Live.ACKNOWLEDGED, Live.READ);
    }

    @Test
    void whatCompactionRemovesUnderATailIsAHoleThereAndNothingElseIs() {
        cleanOften();
        TopicPartition partition = newTopic(
                "compacted",
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "segment.ms", "100",
                        "min.cleanable.dirty.ratio", "0.001",
                        "max.compaction.lag.ms", "100"));
        Live live = follow(partition);
        try (KafkaEventLog other = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()))) {
            Live late = new Live();
            BaseSubscriber<LogBatch> stalled = late.subscriber();
            other.tail(partition).subscribe(stalled);
            stalled.request(1);
            await().atMost(PATIENCE).until(() -> !late.batches.isEmpty());

            await().atMost(PATIENCE).until(() -> {
                publish(partition.topic(), 0);
                produce(partition, "key");
                return replayed(partition).size() < live.events().size() / 2;
            });
            stalled.requestUnbounded();
            publish(other, partition.topic(), 1);
            produce(partition, "key");
            publish(other, partition.topic(), 2);

            awaitEnd(live, partition);
            awaitEnd(late, partition);
            live.assertContinuous();
            late.assertContinuous();
            Set<StoredEvent> all = new HashSet<>(live.events());
            Set<StoredEvent> left = new HashSet<>(late.events());
            List<StoredEvent> kept = consumed(partition);
            assertThat(all).hasSize(live.events().size());
            assertThat(left).hasSize(late.events().size()).hasSizeLessThan(all.size());
            assertThat(all.containsAll(left)).isTrue();
            assertThat(left.containsAll(kept)).isTrue();
            assertThat(live.shares()).containsKeys(Live.ACKNOWLEDGED, Live.READ);
            assertThat(late.shares()).containsKeys(Live.ACKNOWLEDGED, Live.READ);
        }
    }

    @Test
    void anOpenTransactionHoldsBackWhatIsAppendedBehindIt() {
        TopicPartition partition = newTopic("open", 1, Map.of());
        Live live = follow(partition);
        append(partition.topic(), "before");
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "open"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record(partition, "within"));
            producer.flush();

            append(partition.topic(), "behind");
            append(partition.topic(), "behind");

            assertThat(live.events()).hasSizeLessThanOrEqualTo(1);
            producer.commitTransaction();
        }
        awaitEnd(live, partition);
        assertThat(live.events())
                .extracting(stored -> stored.event().data().utf8())
                .containsExactly("before", "within", "behind", "behind");
    }

    @Test
    void noEventOfATopicThatWasMadeAgainIsShownToThoseWhoFollowTheEarlierOne() {
        TopicPartition partition = newTopic("again", 1, Map.of());
        publish(partition.topic(), 0);
        Live live = follow(partition);
        publish(partition.topic(), 1);
        awaitEnd(live, partition);
        try (KafkaEventLog other = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()))) {
            other.topics().delete(partition.topic()).block(PATIENCE);
            other.topics().create(TopicSpec.of(partition.topic()), false).block(PATIENCE);
        }

        while (!live.ended.isDone()) {
            log.append(partition.topic(), List.of(Event.builder().data("new").build()))
                    .onErrorComplete()
                    .block(PATIENCE);
        }

        assertThat(live.events())
                .hasSize(APPENDS * 3)
                .noneMatch(stored -> stored.event().data().utf8().equals("new"));
        assertThat(live.ended).isCompletedWithValueMatching(why -> why.startsWith("TOPIC_NOT_FOUND"));
    }

    // ---- who writes

    /** Appends of three events, with attributes and with headers that look like attributes, many under way. */
    private void publish(TopicName topic, int publisher) {
        publish(log, topic, publisher);
    }

    private static void publish(KafkaEventLog log, TopicName topic, int publisher) {
        List<AppendResult> results = Flux.range(0, APPENDS)
                .flatMapSequential(i -> log.append(topic, three(publisher, i)), 16)
                .collectList()
                .block(PATIENCE);
        assertThat(results).allMatch(result -> result.failures().isEmpty());
    }

    private static List<Event> three(int publisher, int number) {
        String id = publisher + ":" + number;
        return List.of(
                Event.builder().key(id).data(id).build(),
                Event.builder()
                        .id(id)
                        .source("/test")
                        .type("t")
                        .key(id + "b")
                        .data(id)
                        .extensions(Map.of("a", "1", "b", "2", "c", "3", "d", "4"))
                        .build(),
                Event.builder()
                        .id(id)
                        .source("/test")
                        .type("t")
                        .key(id + "c")
                        .data("")
                        .headers(List.of(Header.of("own", "x"), Header.of("ce_subject", "s"), new Header("own", null)))
                        .build());
    }

    private void append(TopicName topic, String text) {
        AppendResult result =
                log.append(topic, List.of(Event.builder().data(text).build())).block(PATIENCE);
        assertThat(result.failures()).isEmpty();
    }

    private static void produce(TopicPartition partition) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = 0; i < NATIVE_RECORDS; i++) {
                producer.send(record(partition, "native-" + i));
                if (i % 20 == 0) {
                    producer.flush();
                }
            }
        }
    }

    /** Records of one key, so that compaction leaves only the last. */
    private static void produce(TopicPartition partition, String key) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = 0; i < KEYED_RECORDS; i++) {
                producer.send(new ProducerRecord<>(
                        partition.topic().value(),
                        partition.partition(),
                        key.getBytes(StandardCharsets.UTF_8),
                        Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static void cleanOften() {
        ConfigResource everyNode = new ConfigResource(ConfigResource.Type.BROKER, "");
        AlterConfigOp often =
                new AlterConfigOp(new ConfigEntry("log.cleaner.backoff.ms", "100"), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(everyNode, List.of(often)))
                    .all()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
    }

    private static void produceInTransactions(TopicPartition partition) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "mixed"))) {
            producer.initTransactions();
            for (int t = 0; t < TRANSACTIONS; t++) {
                boolean commit = t % 2 == 0;
                producer.beginTransaction();
                for (int i = 0; i < 5; i++) {
                    producer.send(record(partition, (commit ? "committed-" : "aborted-") + t));
                }
                producer.flush();
                if (commit) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
    }

    // ---- who reads

    /** A tail, with who brought what. */
    private static final class Live {
        static final String ACKNOWLEDGED = "millrace-acknowledged";
        static final String READ = "millrace-tail";

        final Queue<LogBatch> batches = new ConcurrentLinkedQueue<>();
        final Map<String, Integer> events = new ConcurrentHashMap<>();
        final CompletableFuture<String> ended = new CompletableFuture<>();

        void take(LogBatch batch) {
            batches.add(batch);
            String thread = Thread.currentThread().getName().split(" ", 2)[0];
            events.merge(thread, batch.events().size(), Integer::sum);
        }

        /** Takes what it requests. */
        BaseSubscriber<LogBatch> subscriber() {
            return new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    // requests when the test does
                }

                @Override
                protected void hookOnNext(LogBatch batch) {
                    take(batch);
                }

                @Override
                protected void hookOnError(Throwable error) {
                    ended.complete(error.getMessage());
                }
            };
        }

        List<StoredEvent> events() {
            return batches.stream().flatMap(batch -> batch.events().stream()).toList();
        }

        Map<String, Integer> shares() {
            return events;
        }

        long position() {
            return batches.stream().mapToLong(LogBatch::nextOffset).max().orElse(-1);
        }

        void assertContinuous() {
            long position = batches.element().fromOffset();
            for (LogBatch batch : batches) {
                assertThat(batch.fromOffset()).isEqualTo(position);
                for (StoredEvent event : batch.events()) {
                    assertThat(event.offset()).isGreaterThanOrEqualTo(position);
                    position = event.offset() + 1;
                }
                assertThat(batch.nextOffset()).isGreaterThanOrEqualTo(position);
                position = batch.nextOffset();
            }
        }
    }

    private Live follow(TopicPartition partition) {
        Live live = new Live();
        log.tail(partition).subscribe(live::take, error -> live.ended.complete(error.getMessage()));
        await().atMost(PATIENCE).until(() -> !live.batches.isEmpty());
        return live;
    }

    private void awaitEnd(Live live, TopicPartition partition) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(live.position())
                        .isEqualTo(log.bounds(partition).block(PATIENCE).end()));
    }

    private List<StoredEvent> replayed(TopicPartition partition) {
        long end = log.bounds(partition).block(PATIENCE).end();
        return log.read(partition, 0, end)
                .flatMapIterable(LogBatch::events)
                .collectList()
                .block(PATIENCE);
    }

    private static List<StoredEvent> consumed(TopicPartition partition) {
        var kafkas =
                new org.apache.kafka.common.TopicPartition(partition.topic().value(), partition.partition());
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(Set.of(kafkas));
            consumer.seekToBeginning(Set.of(kafkas));
            long end = consumer.endOffsets(Set.of(kafkas)).get(kafkas);
            List<StoredEvent> events = new ArrayList<>();
            while (consumer.position(kafkas) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> events.add(EventRecord.stored(record)));
            }
            return events;
        }
    }

    private TopicPartition newTopic(String name, int partitions, Map<String, String> config) {
        TopicName topic = new TopicName("write-through-" + name);
        log.topics().create(new TopicSpec(topic, partitions, 0, config), false).block(PATIENCE);
        return new TopicPartition(topic, 0);
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(TopicPartition partition, String text) {
        return new ProducerRecord<>(
                partition.topic().value(), partition.partition(), null, text.getBytes(StandardCharsets.UTF_8));
    }
}
