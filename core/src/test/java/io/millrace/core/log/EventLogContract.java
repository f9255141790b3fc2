// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.OnCorruption;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/**
 * What every implementation of the log port promises, as situations. A subclass gives the log; every test makes topics
 * of its own, so one log may serve all of them.
 */
public abstract class EventLogContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofMillis(300);
    private static final TopicName MISSING = new TopicName("contract.missing");

    /** The log under test; the same one for as long as a test runs. */
    protected abstract EventLog log();

    // ---- append

    @Test
    void anAppendAnswersThePositionOfEachEventInOrder() {
        TopicPartition partition = newTopic();

        AppendResult result = append(partition.topic(), texts(0, 3));

        assertThat(result.failures()).isEmpty();
        assertThat(offsets(result)).containsExactly(0L, 1L, 2L);
        assertThat(IntStream.range(0, result.size()).map(result::partition)).containsOnly(0);
    }

    @Test
    void appendsSubscribedOneAfterAnotherAreStoredInThatOrder() {
        TopicPartition partition = newTopic();

        List<AppendResult> results = get(Flux.range(0, 50)
                .flatMapSequential(i -> log().append(partition.topic(), texts(i * 10, i * 10 + 10)), 50)
                .collectList());

        assertThat(results.stream()
                        .flatMapToLong(EventLogContract::offsetStream)
                        .toArray())
                .isEqualTo(LongStream.range(0, 500).toArray());
        assertThat(textsIn(readAll(partition, 0, 500))).isEqualTo(textRange(0, 500));
    }

    @Test
    void nothingIsStoredBeforeAnAppendIsSubscribed() {
        TopicPartition partition = newTopic();

        log().append(partition.topic(), texts(0, 3));

        assertThat(get(log().bounds(partition))).isEqualTo(new PartitionBounds(0, 0));
    }

    @Test
    void anAppendOfNothingIsAnsweredWithNothing() {
        TopicPartition partition = newTopic();

        assertThat(append(partition.topic(), List.of()).size()).isZero();
    }

    @Test
    void anEventThatIsTooLargeFailsAloneAndItsNeighboursAreStored() {
        TopicPartition partition = newTopic(1, Map.of("max.message.bytes", "100000"));
        Event large = Event.of(Bytes.wrap(new byte[3_000_000]));

        AppendResult result = append(partition.topic(), List.of(text(0), large, text(1)));

        assertThat(result.failures()).containsOnlyKeys(1);
        assertThat(result.failures().get(1).reason()).isEqualTo(Reason.EVENT_TOO_LARGE);
        assertThat(offsets(result)).containsExactly(0L, (long) AppendResult.NOT_STORED, 1L);
        assertThat(textsIn(readAll(partition, 0, 2))).isEqualTo(textRange(0, 2));
    }

    static Stream<Arguments> keysAndTheirPartitionsOfSeven() {
        return Stream.of(
                Arguments.of(Bytes.EMPTY, 2),
                Arguments.of(Bytes.utf8("a"), 5),
                Arguments.of(Bytes.utf8("ab"), 0),
                Arguments.of(Bytes.utf8("abc"), 4),
                Arguments.of(Bytes.utf8("LAX"), 0),
                Arguments.of(Bytes.utf8("flight-12345678901234567"), 0),
                Arguments.of(Bytes.utf8("Zürich"), 2),
                Arguments.of(Bytes.wrap(new byte[] {(byte) 0xff, 0, (byte) 0x80, 127, 1, 2}), 4));
    }

    @Test
    void aKeyGoesToThePartitionThatKafkasOwnProducerWouldChoose() {
        TopicName topic = newTopic(7, Map.of()).topic();
        List<Arguments> cases = keysAndTheirPartitionsOfSeven().toList();
        List<Event> events = cases.stream()
                .map(c -> Event.builder().key((Bytes) c.get()[0]).data("x").build())
                .toList();

        AppendResult result = append(topic, events);

        assertThat(IntStream.range(0, result.size()).map(result::partition).boxed())
                .isEqualTo(cases.stream().map(c -> (Integer) c.get()[1]).toList());
    }

    @Test
    void eventsOfOneKeyKeepTheirOrderAmongManyPartitions() {
        TopicName topic = newTopic(4, Map.of()).topic();
        List<Event> events = IntStream.range(0, 400)
                .mapToObj(i -> text(i).toBuilder().key("key-" + i % 10).build())
                .toList();

        AppendResult result = append(topic, events);

        for (int i = 10; i < events.size(); i++) {
            assertThat(result.partition(i)).isEqualTo(result.partition(i - 10));
            assertThat(result.offset(i)).isGreaterThan(result.offset(i - 10));
        }
    }

    // ---- what an event is afterwards

    static Stream<Event> everyKindOfEvent() {
        Event full = Event.builder()
                .id("0192-1")
                .source("/airports/lax")
                .type("com.example.departed")
                .subject("LAX")
                .time(Instant.parse("2001-01-14T21:55:00.123456789Z"))
                .dataContentType("application/json")
                .dataSchema("https://example.com/flight.json")
                .extensions(Map.of("traceparent", "00-1-2-01", "distance", "480", "place", "Zürich"))
                .key("LAX")
                .data("{\"delay\":5}")
                .timeToLive(Duration.ofSeconds(90, 5))
                .deliverAt(Instant.parse("2030-01-01T00:00:00.000000001Z"))
                .headers(List.of(Header.of("retry", "1"), Header.of("retry", "2")))
                .build();
        Event plain = text(0);
        return Stream.of(
                full,
                plain,
                plain.toBuilder().key(Bytes.EMPTY).build(),
                plain.toBuilder().key(binary()).build(),
                plain.toBuilder().data(Bytes.EMPTY).build(),
                plain.toBuilder().data(binary()).build(),
                full.toBuilder().data((Bytes) null).build(),
                Event.builder().key("tombstone").build(),
                Event.builder().build(),
                full.toBuilder().time(Instant.parse("0001-01-01T00:00:00Z")).build(),
                full.toBuilder().subject("Zürich, \u00e9 % \u2603").build(),
                Event.builder().id("only an id").data("x").build(),
                Event.builder().dataContentType("text/plain").data("x").build(),
                Event.builder().extensions(Map.of("only", "extension")).build(),
                Event.builder().timeToLive(Duration.ofMillis(1)).data("x").build(),
                plain.toBuilder()
                        .headers(List.of(
                                new Header("binary", binary()),
                                new Header("null", null),
                                new Header("empty", Bytes.EMPTY),
                                new Header("", Bytes.utf8("no name")),
                                new Header("binary", Bytes.utf8("again")),
                                Header.of("Zürich", "name")))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("everyKindOfEvent")
    void anEventIsReadAsItWasAppended(Event event) {
        TopicPartition partition = newTopic();

        append(partition.topic(), List.of(event));

        assertThat(eventsIn(readAll(partition, 0, 1))).containsExactly(event);
    }

    @Test
    void recordTimesAreThoseOfTheAppendAndNeverRunBackwards() {
        TopicPartition partition = newTopic();
        long before = System.currentTimeMillis();

        for (int i = 0; i < 5; i++) {
            append(
                    partition.topic(),
                    List.of(text(i).toBuilder().time(Instant.EPOCH).build()));
        }

        List<Long> times = stored(readAll(partition, 0, 5)).stream()
                .map(StoredEvent::recordTimeMillis)
                .toList();
        assertThat(times).isSorted();
        assertThat(times.get(0)).isBetween(before - 1_000, System.currentTimeMillis() + 1_000);
    }

    // ---- read

    @Test
    void aReaderBeginsWhereItWasToldAndCompletesAtItsEnd() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 100));

        List<LogBatch> batches = readAll(partition, 30, 70);

        assertThat(batches.get(0).fromOffset()).isEqualTo(30);
        assertThat(batches.get(batches.size() - 1).nextOffset()).isGreaterThanOrEqualTo(70);
        assertThat(textsIn(batches)).isEqualTo(textRange(30, 70));
        assertContinuous(batches);
    }

    @Test
    void aReaderOfNothingCompletesAtOnce() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 10));

        assertThat(readAll(partition, 5, 5)).isEmpty();
        assertThat(readAll(partition, 10, 3)).isEmpty();
    }

    @Test
    void aReaderEmitsOneBatchForEachRequestAndNothingMore() {
        TopicPartition partition = newTopic();
        appendMegabytes(partition, 3);
        TestSubscriber<LogBatch> reader =
                TestSubscriber.builder().initialRequest(0).build();
        log().read(partition, 0, Long.MAX_VALUE).subscribe(reader);

        staysAt(reader, 0);
        reader.request(1);
        reaches(reader, 1);
        staysAt(reader, 1);
        reader.request(2);
        reaches(reader, 3);
        staysAt(reader, 3);

        assertThat(reader.getReceivedOnNext().get(0).fromOffset()).isZero();
        assertContinuous(reader.getReceivedOnNext());
        reader.cancel();
    }

    @Test
    void aReaderFollowsTheLogWhereItsEndLiesAhead() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 3));
        TestSubscriber<LogBatch> reader = TestSubscriber.create();
        log().read(partition, 0, 6).subscribe(reader);
        await().untilAsserted(
                        () -> assertThat(textsIn(reader.getReceivedOnNext())).isEqualTo(textRange(0, 3)));
        assertThat(reader.isTerminated()).isFalse();

        append(partition.topic(), texts(3, 8));

        ends(reader);
        assertThat(reader.isTerminatedComplete()).isTrue();
        assertThat(textsIn(reader.getReceivedOnNext())).isEqualTo(textRange(0, 6));
    }

    @Test
    void manyReadersOfOnePartitionEachReadAllOfIt() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 200));

        List<List<String>> readings = get(Flux.range(0, 12)
                .flatMap(i -> log().read(partition, 0, 200).collectList(), 12)
                .map(EventLogContract::textsIn)
                .collectList());

        assertThat(readings).hasSize(12).containsOnly(textRange(0, 200));
    }

    @Test
    void aReaderThatStopsAskingDoesNotDelayTheOthers() {
        TopicPartition partition = newTopic();
        appendMegabytes(partition, 2);
        TestSubscriber<LogBatch> stalled =
                TestSubscriber.builder().initialRequest(1).build();
        log().read(partition, 0, Long.MAX_VALUE).subscribe(stalled);
        reaches(stalled, 1);
        long end = get(log().bounds(partition)).end();

        assertThat(stored(readAll(partition, 0, end))).hasSize((int) end);

        assertThat(stalled.getReceivedOnNext()).hasSize(1);
        stalled.request(Long.MAX_VALUE);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(stored(stalled.getReceivedOnNext())).hasSize((int) end));
        stalled.cancel();
    }

    @Test
    void aCancelledReaderHearsNothingMore() {
        TopicPartition partition = newTopic();
        TestSubscriber<LogBatch> reader = TestSubscriber.create();
        log().read(partition, 0, Long.MAX_VALUE).subscribe(reader);
        append(partition.topic(), texts(0, 1));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(textsIn(reader.getReceivedOnNext())).hasSize(1));

        reader.cancel();
        append(partition.topic(), texts(1, 2));

        await().during(A_WHILE).atMost(PATIENCE).untilAsserted(() -> {
            assertThat(textsIn(reader.getReceivedOnNext())).isEqualTo(textRange(0, 1));
            assertThat(reader.isTerminated()).isFalse();
        });
    }

    @Test
    void anOffsetBehindTheEndIsOutOfRange() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 3));

        RefusedException refused = refusalOf(log().read(partition, 4, Long.MAX_VALUE));

        assertThat(refused.refusal().reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE);
        assertThat(refused.refusal().metadata()).containsEntry("end_offset", "3");
    }

    // ---- tail

    @Test
    void aTailFirstTellsWhereItBeginsAndThenFollows() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 5));
        TestSubscriber<LogBatch> tail = openTail(partition);

        append(partition.topic(), texts(5, 8));

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(textsIn(tail.getReceivedOnNext())).isEqualTo(textRange(5, 8)));
        assertThat(tail.getReceivedOnNext().get(0)).isEqualTo(new LogBatch(5, 5, List.of()));
        assertContinuous(tail.getReceivedOnNext());
        tail.cancel();
    }

    @Test
    void aTailEmitsNothingThatWasNotRequested() {
        TopicPartition partition = newTopic();
        TestSubscriber<LogBatch> tail =
                TestSubscriber.builder().initialRequest(1).build();
        log().tail(partition).subscribe(tail);
        reaches(tail, 1);

        append(partition.topic(), texts(0, 3));

        staysAt(tail, 1);
        tail.request(1);
        reaches(tail, 2);
        assertThat(tail.getReceivedOnNext().get(1).fromOffset()).isZero();
        tail.cancel();
    }

    @Test
    void twoTailsOfAPartitionSeeTheSame() {
        TopicPartition partition = newTopic();
        TestSubscriber<LogBatch> first = openTail(partition);
        append(partition.topic(), texts(0, 10));
        TestSubscriber<LogBatch> second = openTail(partition);
        append(partition.topic(), texts(10, 20));

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(textsIn(first.getReceivedOnNext())).isEqualTo(textRange(0, 20));
            int begins = (int) second.getReceivedOnNext().get(0).fromOffset();
            assertThat(textsIn(second.getReceivedOnNext())).isEqualTo(textRange(begins, 20));
        });
        assertContinuous(first.getReceivedOnNext());
        assertContinuous(second.getReceivedOnNext());
        first.cancel();
        second.cancel();
    }

    @Test
    void aTailGoesOnWhenAnotherOneOfThePartitionIsCancelled() {
        TopicPartition partition = newTopic();
        TestSubscriber<LogBatch> leaving = openTail(partition);
        TestSubscriber<LogBatch> staying = openTail(partition);

        leaving.cancel();
        append(partition.topic(), texts(0, 5));

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(textsIn(staying.getReceivedOnNext())).isEqualTo(textRange(0, 5)));
        staying.cancel();
    }

    @Test
    void whatIsReadUpToTheBeginningOfATailJoinsItWithoutGapOrRepeatWhileOthersAppend() {
        TopicPartition partition = newTopic();
        AtomicBoolean publishing = new AtomicBoolean(true);
        Mono<Long> publisher = log().append(partition.topic(), texts(0, 7))
                .subscribeOn(Schedulers.single())
                .repeat(2_000, publishing::get)
                .count()
                .cache();
        publisher.subscribe();
        List<TestSubscriber<LogBatch>> tails = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tails.add(openTail(partition));
        }
        publishing.set(false);
        long end = get(publisher) * 7;

        for (TestSubscriber<LogBatch> tail : tails) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(position(tail)).isGreaterThanOrEqualTo(end));
            long joint = tail.getReceivedOnNext().get(0).fromOffset();
            List<LogBatch> whole = new ArrayList<>(joint == 0 ? List.of() : readAll(partition, 0, joint));
            whole.addAll(tail.getReceivedOnNext());
            assertContinuous(whole);
            assertThat(stored(whole).stream().map(StoredEvent::offset).toList())
                    .isEqualTo(LongStream.range(0, end).boxed().toList());
            tail.cancel();
        }
    }

    // ---- bounds and times

    @Test
    void theBoundsOfAPartitionAreItsOldestOffsetAndItsEnd() {
        TopicPartition partition = newTopic();
        assertThat(get(log().bounds(partition))).isEqualTo(new PartitionBounds(0, 0));

        append(partition.topic(), texts(0, 4));

        assertThat(get(log().bounds(partition))).isEqualTo(new PartitionBounds(0, 4));
    }

    @Test
    void aTimeIsTheOffsetOfTheFirstRecordAtOrAfterIt() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 1));
        tick();
        append(partition.topic(), texts(1, 2));
        tick();
        append(partition.topic(), texts(2, 3));
        List<Instant> times = stored(readAll(partition, 0, 3)).stream()
                .map(e -> Instant.ofEpochMilli(e.recordTimeMillis()))
                .toList();

        assertThat(get(log().offsetAt(partition, Instant.EPOCH))).isZero();
        assertThat(get(log().offsetAt(partition, Instant.MIN))).isZero();
        assertThat(get(log().offsetAt(partition, times.get(0)))).isZero();
        assertThat(get(log().offsetAt(partition, times.get(0).plusNanos(1)))).isEqualTo(1);
        assertThat(get(log().offsetAt(partition, times.get(1)))).isEqualTo(1);
        assertThat(get(log().offsetAt(partition, times.get(2)))).isEqualTo(2);
        assertThat(get(log().offsetAt(partition, times.get(2).plusNanos(1)))).isEqualTo(3);
        assertThat(get(log().offsetAt(partition, times.get(2).plusSeconds(3600))))
                .isEqualTo(3);
        assertThat(get(log().offsetAt(partition, Instant.MAX))).isEqualTo(3);
    }

    @Test
    void everyTimeOfAnEmptyPartitionIsItsEnd() {
        TopicPartition partition = newTopic();

        assertThat(get(log().offsetAt(partition, Instant.EPOCH))).isZero();
        assertThat(get(log().offsetAt(partition, Instant.now()))).isZero();
    }

    // ---- what is not there

    @Test
    void whateverIsAskedOfAMissingTopicIsRefused() {
        TopicPartition missing = new TopicPartition(MISSING, 0);

        assertRefused(log().append(MISSING, texts(0, 1)), Reason.TOPIC_NOT_FOUND);
        assertRefused(log().read(missing, 0, Long.MAX_VALUE), Reason.TOPIC_NOT_FOUND);
        assertRefused(log().tail(missing), Reason.TOPIC_NOT_FOUND);
        assertRefused(log().bounds(missing), Reason.TOPIC_NOT_FOUND);
        assertRefused(log().offsetAt(missing, Instant.EPOCH), Reason.TOPIC_NOT_FOUND);
        assertRefused(log().topics().describe(MISSING), Reason.TOPIC_NOT_FOUND);
        assertRefused(log().topics().delete(MISSING), Reason.TOPIC_NOT_FOUND);
        assertRefused(log().topics().update(MISSING, grownTo(3)), Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void whateverIsAskedOfAMissingPartitionIsRefused() {
        TopicPartition missing = new TopicPartition(newTopic().topic(), 1);

        assertRefused(log().read(missing, 0, Long.MAX_VALUE), Reason.PARTITION_NOT_FOUND);
        assertRefused(log().tail(missing), Reason.PARTITION_NOT_FOUND);
        assertRefused(log().bounds(missing), Reason.PARTITION_NOT_FOUND);
        assertRefused(log().offsetAt(missing, Instant.EPOCH), Reason.PARTITION_NOT_FOUND);
    }

    @Test
    void readersAndTailsOfATopicThatIsDeletedAreTold() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 1));
        TestSubscriber<LogBatch> reader = TestSubscriber.create();
        log().read(partition, 0, Long.MAX_VALUE).subscribe(reader);
        TestSubscriber<LogBatch> tail = openTail(partition);

        get(log().topics().delete(partition.topic()));

        ends(reader);
        ends(tail);
        assertThat(reasonOf(reader.expectTerminalError())).isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertThat(reasonOf(tail.expectTerminalError())).isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertRefused(log().append(partition.topic(), texts(0, 1)), Reason.TOPIC_NOT_FOUND);
    }

    // ---- publishers who name themselves

    @Test
    void whatAPublisherSendsAgainIsStoredOnceAndAnsweredWithItsFirstPlace() {
        TopicPartition partition = newTopic();
        PublisherSession session = openSession(newProducerId());
        assertThat(session.lastSequence()).isZero();

        AppendResult first = get(session.append(run(partition.topic(), 1, 3), 0));
        AppendResult again = get(session.append(run(partition.topic(), 2, 4), 0));

        assertThat(first.duplicates()).isZero();
        assertThat(again.duplicates()).isEqualTo(2);
        assertThat(again.offset(0)).isEqualTo(first.offset(1));
        assertThat(again.offset(1)).isEqualTo(first.offset(2));
        assertThat(again.failures()).isEmpty();
        assertStored(partition, List.of("1", "2", "3", "4", "5"));
    }

    @Test
    void aSessionGoesOnWhereTheOneBeforeItHasEnded() {
        TopicPartition partition = newTopic();
        String id = newProducerId();
        PublisherSession before = openSession(id);
        AppendResult first = get(before.append(run(partition.topic(), 1, 3), 0));
        before.close();

        PublisherSession session = openSession(id);
        AppendResult again = get(session.append(run(partition.topic(), 1, 4), 0));

        assertThat(session.lastSequence()).isEqualTo(3);
        assertThat(again.duplicates()).isEqualTo(3);
        assertThat(LongStream.range(0, 3).map(i -> again.offset((int) i)))
                .containsExactly(first.offset(0), first.offset(1), first.offset(2));
        assertStored(partition, List.of("1", "2", "3", "4"));
    }

    @Test
    void aSecondSessionEndsTheFirstWhichStoresNothingMore() {
        TopicPartition partition = newTopic();
        String id = newProducerId();
        PublisherSession first = openSession(id);
        get(first.append(run(partition.topic(), 1, 1), 0));

        PublisherSession second = openSession(id);

        assertRefused(first.append(run(partition.topic(), 2, 1), 0), Reason.PRODUCER_FENCED);
        get(second.append(run(partition.topic(), 2, 1), 0));
        assertStored(partition, List.of("1", "2"));
    }

    @Test
    void publishersDoNotKnowEachOther() {
        TopicPartition partition = newTopic();
        PublisherSession one = openSession(newProducerId());
        PublisherSession other = openSession(newProducerId());

        get(one.append(run(partition.topic(), 1, 2), 0));
        get(other.append(run(partition.topic(), 1, 2), 0));

        assertStored(partition, List.of("1", "2", "1", "2"));
    }

    @Test
    void aRunThatLeavesAHoleIsRefused() {
        TopicPartition partition = newTopic();
        PublisherSession session = openSession(newProducerId());

        assertRefused(session.append(run(partition.topic(), 2, 1), 0), Reason.SEQUENCE_OUT_OF_ORDER);
    }

    @Test
    void aRefusedEventOfAPublisherIsSettledAndItsNeighboursAreStored() {
        TopicPartition partition = newTopic(1, Map.of("max.message.bytes", "100000"));
        PublisherSession session = openSession(newProducerId());
        Event large = Event.of(Bytes.wrap(new byte[3_000_000]));
        NumberedRun run = new NumberedRun(
                partition.topic(),
                1,
                List.of(text(1), large, text(4)),
                Map.of(2, Refusal.of(Reason.EVENT_INVALID, "refused before")));

        AppendResult first = get(session.append(run, 0));
        AppendResult again = get(session.append(run, 0));

        for (AppendResult result : List.of(first, again)) {
            assertThat(result.failures()).containsOnlyKeys(1, 2);
            assertThat(result.failures().get(1).reason()).isEqualTo(Reason.EVENT_TOO_LARGE);
            assertThat(result.failures().get(2).reason()).isEqualTo(Reason.EVENT_INVALID);
        }
        assertThat(again.duplicates()).isEqualTo(4);
        assertThat(offsets(again)).isEqualTo(offsets(first));
        assertStored(partition, List.of("1", "4"));
    }

    @Test
    void aPublishersEventsForAMissingTopicAreRefusedAndTheSessionGoesOn() {
        TopicPartition partition = newTopic();
        PublisherSession session = openSession(newProducerId());

        AppendResult missing = get(session.append(run(MISSING, 1, 2), 0));
        AppendResult stored = get(session.append(run(partition.topic(), 3, 1), 0));

        assertThat(missing.failures().values())
                .extracting(Refusal::reason)
                .containsExactly(Reason.TOPIC_NOT_FOUND, Reason.TOPIC_NOT_FOUND);
        assertThat(stored.failures()).isEmpty();
    }

    @Test
    void anAtomicBatchOverTopicsIsStoredAsAWholeOrNotAtAll() {
        TopicPartition one = newTopic();
        TopicPartition other = newTopic(1, Map.of("max.message.bytes", "100000"));
        PublisherSession session = openSession(newProducerId());
        NumberedRun large = new NumberedRun(
                other.topic(), 3, List.of(text(3), Event.of(Bytes.wrap(new byte[3_000_000]))), Map.of());

        List<AppendResult> refused = get(session.appendAtomically(List.of(run(one.topic(), 1, 2), large), 0));
        List<AppendResult> stored =
                get(session.appendAtomically(List.of(run(one.topic(), 5, 2), run(other.topic(), 7, 1)), 0));
        List<AppendResult> again = get(session.appendAtomically(List.of(run(one.topic(), 1, 2), large), 0));

        for (List<AppendResult> results : List.of(refused, again)) {
            assertThat(results.get(0).failures().values())
                    .extracting(Refusal::reason)
                    .containsExactly(Reason.BATCH_REFUSED, Reason.BATCH_REFUSED);
            assertThat(results.get(1).failures().get(0).reason()).isEqualTo(Reason.BATCH_REFUSED);
            assertThat(results.get(1).failures().get(1).reason()).isEqualTo(Reason.EVENT_TOO_LARGE);
        }
        assertThat(stored).allMatch(result -> result.failures().isEmpty());
        assertStored(one, List.of("5", "6"));
        assertStored(other, List.of("7"));
    }

    @Test
    void placesThatThePublisherHasAreForgottenOnceItSaysSo() {
        TopicPartition partition = newTopic();
        String id = newProducerId();
        PublisherSession session = openSession(id);
        get(session.append(run(partition.topic(), 1, 3), 0));
        get(session.append(run(partition.topic(), 4, 1), 2));

        AppendResult again = get(openSession(id).append(run(partition.topic(), 1, 4), 2));

        assertThat(again.duplicates()).isEqualTo(4);
        assertThat(again.failures()).containsOnlyKeys(0, 1);
        assertThat(again.failures().get(0).reason()).isEqualTo(Reason.ALREADY_STORED);
        assertThat(again.offset(2)).isEqualTo(2);
        assertStored(partition, List.of("1", "2", "3", "4"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void howeverSessionsAreCutEveryEventIsStoredOnceInOrder(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TopicPartition partition = newTopic();
        String id = newProducerId();
        long answered = 0;
        long settled = 0;
        PublisherSession session = openSession(id);
        while (answered < 300) {
            long last = Math.min(300, answered + random.nextInt(1, 40));
            NumberedRun run = run(partition.topic(), answered + 1, (int) (last - answered));
            if (random.nextInt(3) == 0) {
                session.append(run, answered).subscribe(result -> {}, lost -> {});
                session = openSession(id); // the answer is lost, and perhaps the run
                assertThat(session.lastSequence()).isIn(settled, Math.max(settled, last));
                settled = session.lastSequence();
            } else {
                assertThat(get(session.append(run, answered)).failures()).isEmpty();
                answered = last;
                settled = Math.max(settled, last);
            }
        }

        assertStored(partition, textRange(1, 301));
    }

    // ---- topics

    @Test
    void aTopicIsMadeAndDescribed() {
        TopicName name = newName();

        TopicInfo made = get(log().topics().create(new TopicSpec(name, 3, 0, Map.of("retention.ms", "60000")), false));

        assertThat(made.name()).isEqualTo(name);
        assertThat(made.partitions()).isEqualTo(3);
        assertThat(made.replicationFactor()).isEqualTo(1);
        assertThat(made.uid()).isNotEmpty();
        assertThat(made.config()).containsEntry("retention.ms", "60000");
        assertThat(get(log().topics().describe(name))).isEqualTo(made);
    }

    @Test
    void aTopicHasOnePartitionUnlessSaidOtherwise() {
        assertThat(get(log().topics().create(TopicSpec.of(newName()), false)).partitions())
                .isEqualTo(1);
    }

    @Test
    void aTopicThatIsOnlyValidatedIsNotMade() {
        TopicName name = newName();

        TopicInfo info = get(log().topics().create(TopicSpec.of(name).withPartitions(2), true));

        assertThat(info.partitions()).isEqualTo(2);
        assertRefused(log().topics().describe(name), Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void aTopicThatExistsIsNotMadeAgain() {
        TopicName name = newTopic().topic();

        assertRefused(log().topics().create(TopicSpec.of(name), false), Reason.TOPIC_EXISTS);
        assertRefused(log().topics().create(TopicSpec.of(name), true), Reason.TOPIC_EXISTS);
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        TopicName name = newName();

        assertRefused(create(name, Map.of("no.such.setting", "1")), Reason.TOPIC_CONFIG_INVALID);
        assertRefused(create(name, Map.of("retention.ms", "soon")), Reason.TOPIC_CONFIG_INVALID);
        assertRefused(
                log().topics().create(new TopicSpec(name, 1, 1000, Map.of()), false), Reason.TOPIC_CONFIG_INVALID);
        assertRefused(log().topics().describe(name), Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void topicsAreListedInOrderAndTheLogsOwnOnlyWhenAskedFor() {
        TopicName internal = new TopicName("__" + newName());
        get(log().topics().create(TopicSpec.of(internal), false));
        TopicName first = newTopic().topic();
        TopicName second = newTopic().topic();

        List<TopicName> listed = get(log().topics().list(false));

        assertThat(listed).contains(first, second).doesNotContain(internal).isSorted();
        assertThat(listed).noneMatch(TopicName::isInternal);
        assertThat(get(log().topics().list(true))).contains(internal, first).isSorted();
    }

    @Test
    void aTopicGrowsButNeverShrinks() {
        TopicName name = newTopic(2, Map.of()).topic();

        assertThat(get(log().topics().update(name, grownTo(4))).partitions()).isEqualTo(4);

        assertThat(get(log().bounds(new TopicPartition(name, 3)))).isEqualTo(new PartitionBounds(0, 0));
        assertRefused(log().topics().update(name, grownTo(3)), Reason.TOPIC_CONFIG_INVALID);
        assertThat(get(log().topics().describe(name)).partitions()).isEqualTo(4);
    }

    @Test
    void settingsAreSetAndPutBack() {
        TopicName name = newTopic().topic();

        TopicInfo set = get(log().topics().update(name, settings(Map.of("retention.ms", "90000"), Set.of())));
        assertThat(set.config()).containsEntry("retention.ms", "90000");

        TopicInfo reset = get(log().topics().update(name, settings(Map.of(), Set.of("retention.ms"))));
        assertThat(reset.config()).doesNotContainKey("retention.ms");
        assertRefused(
                log().topics().update(name, settings(Map.of("retention.ms", "soon"), Set.of())),
                Reason.TOPIC_CONFIG_INVALID);
    }

    @Test
    void whatBecomesOfCorruptEventsIsChosenWhenATopicIsMadeAndGoesWithIt() {
        TopicName name = newName();
        Map<String, String> strict = Map.of(OnCorruption.SETTING, "strict");
        TopicSpec spec = new TopicSpec(name, 1, 0, strict);
        assertRefused(create(name, Map.of(OnCorruption.SETTING, "lenient")), Reason.TOPIC_CONFIG_INVALID);
        assertThat(get(log().topics().create(spec, true)).config()).containsAllEntriesOf(strict);

        assertThat(get(log().topics().create(spec, false)).config()).containsAllEntriesOf(strict);

        assertRefused(
                log().topics().update(name, settings(Map.of(OnCorruption.SETTING, "flag"), Set.of())),
                Reason.TOPIC_CONFIG_INVALID);
        assertRefused(
                log().topics().update(name, settings(Map.of(), Set.of(OnCorruption.SETTING))),
                Reason.TOPIC_CONFIG_INVALID);
        assertThat(get(log().topics().update(name, settings(strict, Set.of()))).config())
                .containsAllEntriesOf(strict);
        get(log().topics().delete(name));
        assertThat(get(log().topics().create(TopicSpec.of(name), false)).config())
                .doesNotContainKey(OnCorruption.SETTING);
    }

    @Test
    void aTopicMadeAgainIsAnotherOne() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 5));
        String first = get(log().topics().describe(partition.topic())).uid();

        get(log().topics().delete(partition.topic()));
        assertRefused(log().topics().describe(partition.topic()), Reason.TOPIC_NOT_FOUND);
        get(log().topics().create(TopicSpec.of(partition.topic()), false));

        assertThat(get(log().topics().describe(partition.topic())).uid()).isNotEqualTo(first);
        assertThat(get(log().bounds(partition))).isEqualTo(new PartitionBounds(0, 0));
        assertThat(offsets(append(partition.topic(), texts(0, 1)))).containsExactly(0L);
    }

    // ---- what the tests are written with

    /** A new topic with one partition. */
    protected final TopicPartition newTopic() {
        return newTopic(1, Map.of());
    }

    /** A new topic, as its first partition. */
    protected final TopicPartition newTopic(int partitions, Map<String, String> config) {
        TopicName name = newName();
        get(log().topics().create(new TopicSpec(name, partitions, 0, config), false));
        return new TopicPartition(name, 0);
    }

    /** A name that no other test uses. */
    protected static TopicName newName() {
        return new TopicName("contract." + UUID.randomUUID());
    }

    /** The value, waited for. */
    protected static <T> T get(Mono<T> mono) {
        return mono.block(PATIENCE);
    }

    /** Appends and expects an answer. */
    protected final AppendResult append(TopicName topic, List<Event> events) {
        return get(log().append(topic, events));
    }

    /** A name that no other publisher uses. */
    protected static String newProducerId() {
        return "contract-" + UUID.randomUUID();
    }

    /** A session, waited for. */
    protected final PublisherSession openSession(String producerId) {
        return get(log().openSession(producerId));
    }

    /** Events whose data are their sequences. */
    protected static NumberedRun run(TopicName topic, long firstSequence, int events) {
        return new NumberedRun(
                topic, firstSequence, texts((int) firstSequence, (int) firstSequence + events), Map.of());
    }

    /** What is acknowledged is stored; on Kafka it takes some milliseconds until a transaction can be read. */
    private void assertStored(TopicPartition partition, List<String> texts) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(textsIn(readAll(
                                partition, 0, get(log().bounds(partition)).end())))
                        .isEqualTo(texts));
    }

    /** Reads a range to its end. */
    protected final List<LogBatch> readAll(TopicPartition partition, long from, long to) {
        return get(log().read(partition, from, to).collectList());
    }

    /** A tail that has told where it begins, with endless demand. */
    protected final TestSubscriber<LogBatch> openTail(TopicPartition partition) {
        TestSubscriber<LogBatch> tail = TestSubscriber.create();
        log().tail(partition).subscribe(tail);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tail.getReceivedOnNext()).isNotEmpty());
        return tail;
    }

    /** Appends events of 10,000 bytes. */
    protected final void appendMegabytes(TopicPartition partition, int megabytes) {
        Event event = Event.of(Bytes.wrap(new byte[10_000]));
        for (int i = 0; i < megabytes; i++) {
            append(partition.topic(), Collections.nCopies(100, event));
        }
    }

    /** Events whose data are the numbers from {@code from} to before {@code to}. */
    protected static List<Event> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(EventLogContract::text).toList();
    }

    /** The numbers as text. */
    protected static List<String> textRange(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    /** What was stored, over all batches. */
    protected static List<StoredEvent> stored(List<LogBatch> batches) {
        return batches.stream().flatMap(b -> b.events().stream()).toList();
    }

    /** The data of the events as text. */
    protected static List<String> textsIn(List<LogBatch> batches) {
        return eventsIn(batches).stream().map(e -> e.data().utf8()).toList();
    }

    /** Checks that every batch goes on where the one before ended, and holds what lies between. */
    protected static void assertContinuous(List<LogBatch> batches) {
        long position = batches.get(0).fromOffset();
        for (LogBatch batch : batches) {
            assertThat(batch.fromOffset()).isEqualTo(position);
            for (StoredEvent event : batch.events()) {
                assertThat(event.offset()).isBetween(position, batch.nextOffset() - 1);
                position = event.offset() + 1;
            }
            position = batch.nextOffset();
        }
    }

    /** Checks that the answer is this refusal. */
    protected static void assertRefused(Publisher<?> answer, Reason reason) {
        assertThat(refusalOf(answer).refusal().reason()).isEqualTo(reason);
    }

    /** The refusal that the answer is. */
    protected static RefusedException refusalOf(Publisher<?> answer) {
        Throwable error = catchThrowable(() -> Flux.from(answer).blockLast(PATIENCE));
        assertThat(error).isInstanceOf(RefusedException.class);
        return (RefusedException) error;
    }

    /** The reason of an error that is a refusal. */
    protected static Reason reasonOf(Throwable error) {
        assertThat(error).isInstanceOf(RefusedException.class);
        return ((RefusedException) error).refusal().reason();
    }

    /** Waits until the subscriber has been told the end. */
    protected static void ends(TestSubscriber<?> subscriber) {
        await().atMost(PATIENCE).until(subscriber::isTerminated);
    }

    /** Waits for this many batches. */
    protected static void reaches(TestSubscriber<?> subscriber, int batches) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(subscriber.getReceivedOnNext()).hasSize(batches));
    }

    private static void staysAt(TestSubscriber<?> subscriber, int batches) {
        await().during(A_WHILE)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(subscriber.getReceivedOnNext()).hasSize(batches));
    }

    private static long position(TestSubscriber<LogBatch> subscriber) {
        List<LogBatch> received = subscriber.getReceivedOnNext();
        return received.get(received.size() - 1).nextOffset();
    }

    private static void tick() {
        long now = System.currentTimeMillis();
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.currentTimeMillis() > now + 2);
    }

    private Mono<TopicInfo> create(TopicName name, Map<String, String> config) {
        return log().topics().create(new TopicSpec(name, 1, 0, config), false);
    }

    private static TopicUpdate grownTo(int partitions) {
        return new TopicUpdate(OptionalInt.of(partitions), Map.of(), Set.of());
    }

    private static TopicUpdate settings(Map<String, String> set, Set<String> reset) {
        return new TopicUpdate(OptionalInt.empty(), set, reset);
    }

    private static Event text(int number) {
        return Event.builder().data(Integer.toString(number)).build();
    }

    private static Bytes binary() {
        return Bytes.wrap(new byte[] {0, (byte) 0xff, (byte) 0x80, (byte) 0xc3, 10});
    }

    private static List<Event> eventsIn(List<LogBatch> batches) {
        return stored(batches).stream().map(StoredEvent::event).toList();
    }

    private static List<Long> offsets(AppendResult result) {
        return offsetStream(result).boxed().toList();
    }

    private static LongStream offsetStream(AppendResult result) {
        return IntStream.range(0, result.size()).mapToLong(result::offset);
    }
}
