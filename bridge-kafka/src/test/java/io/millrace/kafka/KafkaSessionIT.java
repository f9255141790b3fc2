// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.localkafka.testing.KafkaFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Publishers who name themselves, on two logs as two brokers have them, beside a native reader of committed records. */
class KafkaSessionIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;

    @RegisterExtension
    static final KafkaFixture kafka = KafkaFixture.shared();

    private final TopicName topic = new TopicName("sessions." + UUID.randomUUID());
    private final String producerId = "publisher-" + UUID.randomUUID();
    private KafkaEventLog here;
    private KafkaEventLog there;

    @BeforeEach
    void connect() {
        here = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()));
        there = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()));
        get(here.topics().create(TopicSpec.of(topic).withPartitions(PARTITIONS), false));
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    @Test
    void aSessionOnAnotherBrokerGoesOnExactlyAndEndsThisOne() {
        PublisherSession first = open(here);
        AppendResult stored = get(first.append(run(1, 100), 0));

        PublisherSession second = open(there);
        AppendResult again = get(second.append(run(1, 150), 0));

        assertThat(second.lastSequence()).isEqualTo(100);
        assertThat(again.duplicates()).isEqualTo(100);
        assertThat(IntStream.range(0, 100).mapToObj(i -> place(again, i)))
                .isEqualTo(
                        IntStream.range(0, 100).mapToObj(i -> place(stored, i)).toList());
        assertThat(reasonOf(first.append(run(101, 10), 0))).isEqualTo(Reason.PRODUCER_FENCED);
        assertEachStoredOnce(150);
    }

    /** What the session that is cut off has under way is stored as a whole or not at all, and the next one knows. */
    @Test
    void sessionsThatAreCutOffInTheMiddleOfAWriteLoseAndRepeatNothing() {
        SplittableRandom random = new SplittableRandom(20_261_126);
        PublisherSession session = open(here);
        long answered = 0;
        int cuts = 0;
        int inDoubt = 0;
        for (int round = 0; answered < 6_000; round++) {
            int events = random.nextInt(1, 400);
            NumberedRun run = run(answered + 1, events);
            if (random.nextInt(2) == 0) {
                answered = get(session.append(run, answered)).failures().isEmpty() ? run.lastSequence() : -1;
                continue;
            }
            session.append(run, answered).subscribe(result -> {}, lost -> {});
            session = open(round % 2 == 0 ? there : here);
            assertThat(session.lastSequence()).isIn(answered, run.lastSequence());
            inDoubt += session.lastSequence() > answered ? 1 : 0;
            answered = session.lastSequence();
            cuts++;
        }

        assertThat(cuts).isGreaterThan(10);
        assertThat(inDoubt).as("cuts after the commit").isPositive();
        assertEachStoredOnce(answered);
    }

    @Test
    void anEventThatKafkaDoesNotTakeIsRefusedAloneAndTheOthersOfItsBatchAreStored() {
        TopicName compacted = new TopicName("compacted." + UUID.randomUUID());
        get(here.topics().create(new TopicSpec(compacted, 1, 1, Map.of("cleanup.policy", "compact")), false));
        Event keyed = Event.builder().id("keyed").key("k").data(Bytes.utf8("1")).build();
        Event keyless = Event.builder().id("keyless").data(Bytes.utf8("2")).build();
        List<Event> events = IntStream.range(0, 3_000)
                .mapToObj(i -> i == 500 || i == 2_500 ? keyless : keyed)
                .toList();
        PublisherSession session = open(here);

        AppendResult result = get(session.append(new NumberedRun(compacted, 1, events, Map.of()), 0));
        AppendResult next = get(session.append(new NumberedRun(compacted, 3_001, List.of(keyed), Map.of()), 0));

        assertThat(result.failures()).containsOnlyKeys(500, 2_500);
        assertThat(result.failures().values()).allMatch(refusal -> refusal.reason() == Reason.EVENT_INVALID);
        assertThat(next.failures()).isEmpty();
        assertThat(get(here.read(new io.millrace.core.topic.TopicPartition(compacted, 0), 0, next.offset(0) + 1)
                        .map(batch -> batch.events().size())
                        .reduce(0, Integer::sum)))
                .isEqualTo(2_999);
    }

    @Test
    void aFloodOfRunsIsWrittenInFewTransactionsAndInOrder() {
        PublisherSession session = open(here);

        List<AppendResult> results = get(Flux.range(0, 200)
                .flatMapSequential(i -> session.append(run(1 + i * 20L, 20), 0), 200)
                .collectList());

        assertThat(results).allMatch(result -> result.failures().isEmpty() && result.duplicates() == 0);
        assertEachStoredOnce(4_000);
        long end = LongStream.range(0, PARTITIONS)
                .map(p -> get(here.bounds(new io.millrace.core.topic.TopicPartition(topic, (int) p)))
                        .end())
                .sum();
        assertThat(end - 4_000)
                .as("markers, one for each partition and transaction")
                .isLessThan(PARTITIONS * 60);
    }

    @Test
    void aReaderSeesNothingOfASessionBeforeItIsCommittedAndThenAllOfIt() {
        List<Long> seen = new CopyOnWriteArrayList<>();
        PublisherSession session = open(here);
        get(session.append(run(1, 1), 0));
        var subscription = there.read(new io.millrace.core.topic.TopicPartition(topic, 0), 0, Long.MAX_VALUE)
                .subscribe(batch -> batch.events()
                        .forEach(event -> seen.add(Long.parseLong(
                                Objects.requireNonNull(event.event().data()).utf8()))));

        get(session.append(run(2, 300), 0));

        List<Long> expected = inPartition(assertEachStoredOnce(301), 0)
                .map(KafkaSessionIT::number)
                .toList();
        await().atMost(PATIENCE).until(() -> seen.size() >= expected.size());
        assertThat(seen).isEqualTo(expected);
        subscription.dispose();
    }

    /** The end of its transaction reaches the partitions some milliseconds after it is acknowledged. */
    @Test
    void whoeverWasAcknowledgedMayReadFromThereAtOnce() {
        PublisherSession session = open(here);
        for (int n = 1; n <= 200; n++) {
            AppendResult result = get(session.append(run(n, 1), n - 1));
            long behind = result.offset(0) + 1;
            assertThat(get(there.boundsWith(partition(result.partition(0)), behind))
                            .end())
                    .isGreaterThanOrEqualTo(behind);
        }
    }

    @Test
    void aPlaceInAnOpenTransactionIsWaitedForAndOneThatIsNotWrittenIsNot() {
        try (KafkaProducer<byte[], byte[]> other = new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "transactional.id",
                "other-" + UUID.randomUUID(),
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class))) {
            other.initTransactions();
            other.beginTransaction();
            other.send(new ProducerRecord<>(topic.value(), 0, null, new byte[1]));
            other.flush();
            List<Long> ends = new CopyOnWriteArrayList<>();
            there.boundsWith(partition(0), 1).subscribe(bounds -> ends.add(bounds.end()));

            assertThat(get(there.boundsWith(partition(0), 2)).end()).isZero();
            assertThat(ends).isEmpty();
            other.commitTransaction();
            await().atMost(PATIENCE).until(() -> !ends.isEmpty());
            assertThat(ends.get(0)).isPositive();
        }
    }

    /** A transaction can be read some milliseconds after it is acknowledged. */
    private List<ConsumerRecord<byte[], byte[]>> assertEachStoredOnce(long count) {
        List<ConsumerRecord<byte[], byte[]>> records =
                await().atMost(PATIENCE).until(this::committed, committed -> committed.size() >= count);
        assertThat(records.stream().map(KafkaSessionIT::number).sorted())
                .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(inPartition(records, partition).map(KafkaSessionIT::number))
                    .isSorted();
        }
        return records;
    }

    private static Stream<ConsumerRecord<byte[], byte[]>> inPartition(
            List<ConsumerRecord<byte[], byte[]>> records, int partition) {
        return records.stream().filter(record -> record.partition() == partition);
    }

    /** Everything that a native reader of committed records gets. */
    private List<ConsumerRecord<byte[], byte[]>> committed() {
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new TopicPartition(topic.value(), p))
                .toList();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "none",
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private io.millrace.core.topic.TopicPartition partition(int number) {
        return new io.millrace.core.topic.TopicPartition(topic, number);
    }

    private PublisherSession open(KafkaEventLog log) {
        return get(log.openSession(producerId));
    }

    /** Events whose data are their sequences, with keys that spread them over the partitions. */
    private NumberedRun run(long firstSequence, int events) {
        return new NumberedRun(
                topic,
                firstSequence,
                LongStream.range(firstSequence, firstSequence + events)
                        .mapToObj(n -> Event.builder()
                                .id("id-" + n)
                                .key("key-" + n % 17)
                                .data(Bytes.utf8(Long.toString(n)))
                                .build())
                        .toList(),
                Map.of());
    }

    private static String place(AppendResult result, int index) {
        return result.partition(index) + "@" + result.offset(index);
    }

    private static Long number(ConsumerRecord<byte[], byte[]> record) {
        return Long.valueOf(new String(record.value(), StandardCharsets.UTF_8));
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
