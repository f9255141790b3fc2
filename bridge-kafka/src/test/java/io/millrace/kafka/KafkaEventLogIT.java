// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.EventLogContract;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.localkafka.testing.KafkaFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** The contract on a real Kafka, and what only Kafka does. */
class KafkaEventLogIT extends EventLogContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int READERS = 3;

    @RegisterExtension
    static final KafkaFixture kafka = KafkaFixture.shared();

    private static KafkaEventLog log;

    @BeforeAll
    static void connect() {
        log = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()).withMaxCatchUpReaders(READERS));
    }

    @AfterAll
    static void close() {
        log.close();
    }

    @AfterEach
    void everyByteIsReleased() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(log.pendingAppendBytes()).isZero());
        assertThat(log.openCatchUpConsumers()).isLessThanOrEqualTo(READERS);
    }

    @Override
    protected EventLog log() {
        return log;
    }

    @Test
    void recordsOfAnAbortedTransactionAreNotReadAndReadingToTheEndCompletes() {
        TopicPartition partition = newTopic();
        TestSubscriber<LogBatch> tail = openTail(partition);
        try (KafkaProducer<byte[], byte[]> producer =
                producer(Map.of("transactional.id", newName().value()))) {
            producer.initTransactions();
            transaction(producer, partition, "committed-1", true);
            transaction(producer, partition, "aborted", false);
            transaction(producer, partition, "committed-2", true);
            transaction(producer, partition, "aborted", false);
        }
        markersAreWritten(partition, 8);
        PartitionBounds bounds = get(log.bounds(partition));

        List<LogBatch> batches = readAll(partition, 0, bounds.end());

        assertThat(textsIn(batches)).containsExactly("committed-1", "committed-2");
        assertThat(batches.get(batches.size() - 1).nextOffset()).isEqualTo(bounds.end());
        assertContinuous(batches);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(textsIn(tail.getReceivedOnNext())).containsExactly("committed-1", "committed-2");
            assertThat(last(tail).nextOffset()).isEqualTo(bounds.end());
        });
        assertContinuous(tail.getReceivedOnNext());
        tail.cancel();
    }

    @Test
    void aReaderThatBeginsAtATransactionMarkerGoesOnBehindIt() {
        TopicPartition partition = newTopic();
        try (KafkaProducer<byte[], byte[]> producer =
                producer(Map.of("transactional.id", newName().value()))) {
            producer.initTransactions();
            transaction(producer, partition, "first", true);
        }
        markersAreWritten(partition, 2);
        append(partition.topic(), texts(0, 1));

        assertThat(textsIn(readAll(partition, 1, 3))).containsExactly("0");
        assertThat(readAll(partition, 1, 2)).allMatch(batch -> batch.events().isEmpty());
    }

    @Test
    void anOpenTransactionIsNotInTheLogYet() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 1));
        try (KafkaProducer<byte[], byte[]> producer =
                producer(Map.of("transactional.id", newName().value()))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record(partition, null, "open"));
            producer.flush();

            assertThat(get(log.bounds(partition)).end()).isEqualTo(1);
            producer.commitTransaction();
        }
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(log.bounds(partition)).end()).isEqualTo(3));
    }

    @Test
    void whatCompactionHasRemovedIsAHoleAndNoError() {
        TopicPartition partition = newTopic(
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "segment.ms", "100",
                        "min.cleanable.dirty.ratio", "0.001",
                        "min.compaction.lag.ms", "0",
                        "max.compaction.lag.ms", "100"));
        for (int i = 0; i < 20; i++) {
            append(
                    partition.topic(),
                    List.of(Event.builder().key("same").data("old-" + i).build()));
        }
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    append(
                            partition.topic(),
                            List.of(Event.builder().key("other").data("new").build()));
                    long end = get(log.bounds(partition)).end();
                    return stored(readAll(partition, 0, end)).size() < end;
                });

        long end = get(log.bounds(partition)).end();
        List<LogBatch> batches = readAll(partition, 0, end);

        assertContinuous(batches);
        assertThat(batches.get(0).fromOffset()).isZero();
        assertThat(batches.get(batches.size() - 1).nextOffset()).isEqualTo(end);
    }

    @Test
    void aPlainRecordOfAnotherProgramIsReadAsItIs() throws Exception {
        TopicPartition partition = newTopic();
        ProducerRecord<byte[], byte[]> plain = record(partition, new byte[] {0, -1}, "plain");
        plain.headers()
                .add("content-type", utf8("text/plain"))
                .add("ce_id", utf8("no event"))
                .add("n", null);
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            producer.send(plain).get();
            producer.send(new ProducerRecord<>(partition.topic().value(), 0, null, null))
                    .get();
        }

        List<StoredEvent> stored = stored(readAll(partition, 0, 2));

        assertThat(stored.get(0).event())
                .isEqualTo(Event.builder()
                        .key(Bytes.wrap(new byte[] {0, -1}))
                        .data("plain")
                        .headers(List.of(
                                Header.of("content-type", "text/plain"),
                                Header.of("ce_id", "no event"),
                                new Header("n", null)))
                        .build());
        assertThat(stored.get(1).event()).isEqualTo(Event.builder().build());
    }

    @Test
    void aNativeConsumerSeesTheHeadersOfCloudEvents() {
        TopicPartition partition = newTopic();
        append(
                partition.topic(),
                List.of(Event.builder()
                        .id("1")
                        .source("/lax")
                        .type("departed")
                        .subject("AA1")
                        .time(Instant.parse("2001-01-14T21:55:00.5Z"))
                        .dataContentType("application/json")
                        .dataSchema("urn:flight")
                        .extensions(Map.of("traceparent", "00-1"))
                        .timeToLive(Duration.ofSeconds(5))
                        .deliverAt(Instant.parse("2030-01-01T00:00:00Z"))
                        .key("LAX")
                        .data("{}")
                        .headers(List.of(Header.of("mine", "a"), Header.of("mine", "b"), new Header("none", null)))
                        .build()));

        ConsumerRecord<byte[], byte[]> seen = consumeOne(partition);

        List<String> headers = new ArrayList<>();
        seen.headers()
                .forEach(h -> headers.add(
                        h.key() + "=" + (h.value() == null ? "null" : new String(h.value(), StandardCharsets.UTF_8))));
        assertThat(headers.remove(headers.size() - 1)).matches("millrace-crc32c=[0-9a-f]{8}");
        assertThat(headers)
                .containsExactly(
                        "ce_specversion=1.0",
                        "ce_id=1",
                        "ce_source=/lax",
                        "ce_type=departed",
                        "ce_subject=AA1",
                        "ce_time=2001-01-14T21:55:00.500Z",
                        "content-type=application/json",
                        "ce_dataschema=urn:flight",
                        "ce_millracettl=PT5S",
                        "ce_millracedeliverat=2030-01-01T00:00:00Z",
                        "ce_traceparent=00-1",
                        "mine=a",
                        "mine=b",
                        "none=null");
        assertThat(seen.key()).isEqualTo(utf8("LAX"));
        assertThat(seen.value()).isEqualTo(utf8("{}"));
    }

    @Test
    void anEventWithoutAttributesIsAPlainRecord() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(7, 8));

        assertThat(consumeOne(partition).headers())
                .singleElement()
                .satisfies(sum -> assertThat(sum.key()).isEqualTo("millrace-crc32c"));
    }

    @Test
    void eventsOfEachPublisherStayInOrderWhileManyAppend() {
        TopicPartition partition = newTopic();
        int publishers = 8;
        int appends = 50;

        get(Flux.range(0, publishers)
                .flatMap(p -> Flux.range(0, appends)
                        .flatMapSequential(
                                i -> log.append(partition.topic(), numbered(p, i * 10, i * 10 + 10)), appends))
                .collectList());

        List<String> all = textsIn(readAll(partition, 0, publishers * appends * 10L));
        for (int p = 0; p < publishers; p++) {
            String prefix = p + ":";
            assertThat(all.stream().filter(text -> text.startsWith(prefix)).toList())
                    .isEqualTo(IntStream.range(0, appends * 10)
                            .mapToObj(i -> prefix + i)
                            .toList());
        }
    }

    @Test
    void stalledReadersHoldNoConsumerAndDoNotKeepOthersFromReading() {
        TopicPartition partition = newTopic();
        appendMegabytes(partition, 3);
        List<TestSubscriber<LogBatch>> stalled = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            TestSubscriber<LogBatch> reader =
                    TestSubscriber.builder().initialRequest(1).build();
            log.read(partition, 0, Long.MAX_VALUE).subscribe(reader);
            stalled.add(reader);
        }
        stalled.forEach(reader -> reaches(reader, 1));

        assertThat(stored(readAll(partition, 0, 300))).hasSize(300);

        for (TestSubscriber<LogBatch> reader : stalled) {
            assertThat(reader.getReceivedOnNext()).hasSize(1);
            reader.request(Long.MAX_VALUE);
        }
        for (TestSubscriber<LogBatch> reader : stalled) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(stored(reader.getReceivedOnNext())).hasSize(300));
            assertContinuous(reader.getReceivedOnNext());
            reader.cancel();
        }
    }

    @Test
    void moreReadersAtTheEndThanConsumersAllFollow() {
        TopicPartition partition = newTopic();
        List<TestSubscriber<LogBatch>> readers = new ArrayList<>();
        for (int i = 0; i < READERS * 3; i++) {
            TestSubscriber<LogBatch> reader = TestSubscriber.create();
            log.read(partition, 0, 5).subscribe(reader);
            readers.add(reader);
        }

        append(partition.topic(), texts(0, 5));

        for (TestSubscriber<LogBatch> reader : readers) {
            ends(reader);
            assertThat(textsIn(reader.getReceivedOnNext())).isEqualTo(textRange(0, 5));
        }
    }

    @Test
    void anOffsetThatWasDeletedHasExpired() throws Exception {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 10));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(Map.of(kafkas(partition), RecordsToDelete.beforeOffset(6)))
                    .all()
                    .get();
        }
        assertThat(get(log.bounds(partition))).isEqualTo(new PartitionBounds(6, 10));

        assertThat(refusalOf(log.read(partition, 2, Long.MAX_VALUE)).refusal().metadata())
                .containsEntry("earliest_offset", "6");
        assertRefused(log.read(partition, 2, Long.MAX_VALUE), Reason.OFFSET_EXPIRED);
        assertRefused(log.read(partition, 2, 2), Reason.OFFSET_EXPIRED);
        assertThat(textsIn(readAll(partition, 6, 10))).isEqualTo(textRange(6, 10));
    }

    @Test
    void aTopicHasAsManyReplicasAsTheClusterHasBrokersWhereTheDefaultIsMore() {
        KafkaLogConfig threeReplicas =
                KafkaLogConfig.of(kafka.bootstrapServers()).withDefaultReplicationFactor(3);
        try (KafkaEventLog cluster = KafkaEventLog.connect(threeReplicas)) {
            TopicSpec spec = TopicSpec.of(new TopicName("as-many-as-there-are"));

            assertThat(get(cluster.topics().create(spec, false)).replicationFactor())
                    .isEqualTo(1);
        }
    }

    @Test
    void aTopicThatAnotherProgramDeletesAndMakesAgainEndsItsReadersAndTails() throws Exception {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 3));
        TestSubscriber<LogBatch> tail = openTail(partition);
        TestSubscriber<LogBatch> reader = TestSubscriber.create();
        log.read(partition, 0, Long.MAX_VALUE).subscribe(reader);
        try (KafkaEventLog other = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()))) {
            get(other.topics().delete(partition.topic()));
            get(other.topics().create(TopicSpec.of(partition.topic()), false));
        }

        ends(tail);
        ends(reader);
        assertThat(reasonOf(tail.expectTerminalError())).isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertThat(reasonOf(reader.expectTerminalError())).isEqualTo(Reason.TOPIC_NOT_FOUND);
        AppendResult result = append(partition.topic(), texts(0, 1));
        assertThat(result.failures()).isEmpty();
        assertThat(result.offset(0)).isZero();
    }

    @Test
    void anExtensionWithTheNameOfAnAttributeFailsAlone() {
        TopicPartition partition = newTopic();
        Event wrong = Event.builder().id("1").extensions(Map.of("source", "x")).build();

        AppendResult result =
                append(partition.topic(), List.of(wrong, texts(0, 1).get(0)));

        assertThat(result.failures()).containsOnlyKeys(0);
        assertThat(result.failures().get(0).reason()).isEqualTo(Reason.EVENT_INVALID);
        assertThat(result.offset(1)).isZero();
    }

    @Test
    void aClosedLogEndsItsReadersAndRefusesEverything() {
        KafkaEventLog closing = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()));
        TopicPartition partition = newTopic();
        TestSubscriber<LogBatch> tail = TestSubscriber.create();
        closing.tail(partition).subscribe(tail);
        TestSubscriber<LogBatch> reader =
                TestSubscriber.builder().initialRequest(0).build();
        closing.read(partition, 0, Long.MAX_VALUE).subscribe(reader);
        reaches(tail, 1);

        closing.close();

        ends(tail);
        ends(reader);
        assertThat(reasonOf(tail.expectTerminalError())).isEqualTo(Reason.LOG_UNAVAILABLE);
        assertThat(reasonOf(reader.expectTerminalError())).isEqualTo(Reason.LOG_UNAVAILABLE);
        assertRefused(closing.append(partition.topic(), texts(0, 1)), Reason.LOG_UNAVAILABLE);
        assertRefused(closing.bounds(partition), Reason.LOG_UNAVAILABLE);
        assertRefused(closing.read(partition, 0, 1), Reason.LOG_UNAVAILABLE);
        assertRefused(closing.topics().list(true), Reason.LOG_UNAVAILABLE);
    }

    @Test
    void aThousandSmallAppendsInFlightAreAllAnswered() {
        TopicPartition partition = newTopic();

        List<AppendResult> results = get(Flux.range(0, 1_000)
                .flatMapSequential(i -> log.append(partition.topic(), texts(i, i + 1)), 1_000)
                .collectList());

        assertThat(results.stream().mapToLong(r -> r.offset(0)).toArray())
                .isEqualTo(LongStream.range(0, 1_000).toArray());
    }

    /** More than the producer's buffer, counted with what each event takes beside its bytes: the rest waits its turn. */
    @Test
    void appendsOfMoreThanTheBufferHoldsWaitAndAreAllStoredInOrder() {
        TopicPartition partition = newTopic();
        int appends = 600;
        int each = 256;

        List<AppendResult> results = get(Flux.range(0, appends)
                .flatMapSequential(i -> log.append(partition.topic(), texts(i * each, (i + 1) * each)), appends)
                .collectList());

        assertThat(results).allMatch(result -> result.failures().isEmpty());
        assertThat(results.stream().mapToLong(r -> r.offset(0)).toArray())
                .isEqualTo(LongStream.range(0, appends).map(i -> i * each).toArray());
    }

    /** A transaction is over for its producer before its markers are in the partitions. */
    private static void markersAreWritten(TopicPartition partition, long end) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(log.bounds(partition)).end()).isEqualTo(end));
    }

    private static void transaction(
            KafkaProducer<byte[], byte[]> producer, TopicPartition partition, String text, boolean commit) {
        producer.beginTransaction();
        producer.send(record(partition, null, text));
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.flush();
            producer.abortTransaction();
        }
    }

    private static List<Event> numbered(int publisher, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> Event.builder().data(publisher + ":" + i).build())
                .toList();
    }

    private static LogBatch last(TestSubscriber<LogBatch> subscriber) {
        List<LogBatch> received = subscriber.getReceivedOnNext();
        return received.get(received.size() - 1);
    }

    private static ConsumerRecord<byte[], byte[]> consumeOne(TopicPartition partition) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(Set.of(kafkas(partition)));
            consumer.seekToBeginning(Set.of(kafkas(partition)));
            List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(seen::add);
                return !seen.isEmpty();
            });
            return seen.get(0);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(TopicPartition partition, byte[] key, String text) {
        return new ProducerRecord<>(partition.topic().value(), partition.partition(), key, utf8(text));
    }

    private static org.apache.kafka.common.TopicPartition kafkas(TopicPartition partition) {
        return new org.apache.kafka.common.TopicPartition(partition.topic().value(), partition.partition());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
