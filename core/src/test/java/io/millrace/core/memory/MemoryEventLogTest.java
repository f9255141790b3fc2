// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.EventLogContract;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.test.subscriber.TestSubscriber;

class MemoryEventLogTest extends EventLogContract {
    private static final int EVENT_BYTES = 10_000;

    private final SetClock clock = new SetClock();
    private MemoryEventLog log = MemoryEventLog.create();

    @Override
    protected EventLog log() {
        return log;
    }

    @AfterEach
    void close() {
        log.close();
        assertThat(log.usedBytes()).isZero();
    }

    @Test
    void aPartitionKeepsItsRetentionBytesAndWhatIsOlderHasExpired() {
        TopicPartition partition = newTopic(1, Map.of("retention.bytes", "1000000"));

        appendMegabytes(partition, 5);

        PartitionBounds bounds = get(log.bounds(partition));
        assertThat(bounds.end()).isEqualTo(500);
        assertThat(bounds.end() - bounds.earliest()).isBetween(50L, 100L);
        assertThat(log.usedBytes()).isLessThan(1_100_000);
        assertThat(refusalOf(log.read(partition, 0, Long.MAX_VALUE)).refusal().metadata())
                .containsEntry("earliest_offset", Long.toString(bounds.earliest()));
        assertThat(stored(readAll(partition, bounds.earliest(), bounds.end())))
                .hasSize((int) (bounds.end() - bounds.earliest()));
    }

    @Test
    void theOldestEventsOfAnyTopicMakeRoomWhenTheWholeLogIsFull() {
        use(MemoryLogConfig.defaults().withTotalBytes(2_000_000));
        TopicPartition idle = newTopic();
        TopicPartition busy = newTopic();
        appendMegabytes(idle, 1);

        appendMegabytes(busy, 1);
        assertThat(get(log.bounds(idle)).earliest()).isLessThan(100);
        appendMegabytes(busy, 2);

        assertThat(log.usedBytes()).isLessThanOrEqualTo(2_000_000);
        assertThat(get(log.bounds(idle))).isEqualTo(new PartitionBounds(100, 100));
        assertThat(get(log.bounds(busy)).earliest()).isPositive();
    }

    @Test
    void aTopicOfMorePartitionsThanMemoryHasRoomForIsRefused() {
        TopicPartition partition = newTopic();
        TopicSpec vast = new TopicSpec(new TopicName("vast"), Integer.MAX_VALUE, 0, Map.of());
        TopicUpdate growth = new TopicUpdate(OptionalInt.of(Integer.MAX_VALUE), Map.of(), Set.of());

        assertThat(refusalOf(log.topics().create(vast, false)).refusal().reason())
                .isEqualTo(Reason.TOPIC_CONFIG_INVALID);
        assertThat(refusalOf(log.topics().update(partition.topic(), growth))
                        .refusal()
                        .reason())
                .isEqualTo(Reason.TOPIC_CONFIG_INVALID);
        assertThat(get(log.topics().describe(partition.topic())).partitions()).isEqualTo(1);
    }

    @Test
    void aReaderThatRetentionOvertakesIsTold() {
        TopicPartition partition = newTopic(1, Map.of("retention.bytes", "1000000"));
        TestSubscriber<LogBatch> slow =
                TestSubscriber.builder().initialRequest(0).build();
        log.read(partition, 0, Long.MAX_VALUE).subscribe(slow);

        appendMegabytes(partition, 3);

        ends(slow);
        assertThat(reasonOf(slow.expectTerminalError())).isEqualTo(Reason.OFFSET_EXPIRED);
    }

    @Test
    void whatIsOlderThanRetentionMillisExpires() {
        use(MemoryLogConfig.defaults().withClock(clock));
        TopicPartition partition = newTopic(1, Map.of("retention.ms", "60000"));
        append(partition.topic(), texts(0, 3));

        clock.millis += 60_000;
        assertThat(get(log.bounds(partition))).isEqualTo(new PartitionBounds(0, 3));
        clock.millis += 1;

        assertThat(get(log.bounds(partition))).isEqualTo(new PartitionBounds(3, 3));
        assertThat(append(partition.topic(), texts(3, 4)).offset(0)).isEqualTo(3);
    }

    @Test
    void recordTimesStandStillWhenTheClockIsSetBack() {
        use(MemoryLogConfig.defaults().withClock(clock));
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 1));
        clock.millis -= 5_000;
        append(partition.topic(), texts(1, 2));

        assertThat(stored(readAll(partition, 0, 2)))
                .extracting(e -> e.recordTimeMillis())
                .containsExactly(1_000_000L, 1_000_000L);
    }

    @Test
    void eventsWithoutAKeyStayTogetherInAnAppendAndTheNextAppendGoesElsewhere() {
        TopicPartition partition = newTopic(2, Map.of());

        int first = onlyPartitionOf(texts(0, 10), partition);
        int second = onlyPartitionOf(texts(0, 10), partition);

        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void aBatchIsNoLargerThanASegmentAndAnEvent() {
        TopicPartition partition = newTopic();
        appendMegabytes(partition, 2);

        assertThat(readAll(partition, 0, 200))
                .allMatch(batch -> batch.events().size() <= Segment.MAX_BYTES / EVENT_BYTES + 1);
    }

    @Test
    void aLargeEventIsABatchOfItsOwn() {
        TopicPartition partition = newTopic();
        Event large = Event.of(Bytes.wrap(new byte[1_000_000]));
        append(partition.topic(), List.of(large, large, large));

        assertThat(readAll(partition, 0, 3)).extracting(b -> b.events().size()).containsExactly(1, 1, 1);
    }

    @Test
    void aCancelledReaderIsReleased() {
        TopicPartition partition = newTopic();
        TestSubscriber<LogBatch> tail = openTail(partition);
        assertThat(log.readerCount(partition)).isEqualTo(1);

        tail.cancel();

        await().untilAsserted(() -> assertThat(log.readerCount(partition)).isZero());
    }

    @Test
    void aReaderThatCompletesIsReleased() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 3));

        readAll(partition, 0, 3);

        assertThat(log.readerCount(partition)).isZero();
    }

    @Test
    void aClosedLogEndsItsReadersAndRefusesEverything() {
        TopicPartition partition = newTopic();
        TestSubscriber<LogBatch> tail = openTail(partition);

        log.close();

        ends(tail);
        assertThat(reasonOf(tail.expectTerminalError())).isEqualTo(Reason.LOG_UNAVAILABLE);
        assertRefused(log.append(partition.topic(), texts(0, 1)), Reason.LOG_UNAVAILABLE);
        assertRefused(log.read(partition, 0, 1), Reason.LOG_UNAVAILABLE);
        assertRefused(log.bounds(partition), Reason.LOG_UNAVAILABLE);
        assertRefused(log.topics().list(true), Reason.LOG_UNAVAILABLE);
        assertRefused(log.topics().create(TopicSpec.of(newName()), false), Reason.LOG_UNAVAILABLE);
    }

    @Test
    void aRequestForNothingIsAnErrorOfTheSubscriber() {
        TopicPartition partition = newTopic();
        append(partition.topic(), texts(0, 1));
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        log.read(partition, 0, Long.MAX_VALUE).subscribe(new AsksForNothing(told));

        assertThat(told)
                .succeedsWithin(Duration.ofSeconds(30))
                .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3.9");
    }

    private void use(MemoryLogConfig config) {
        log.close();
        log = MemoryEventLog.create(config);
    }

    private int onlyPartitionOf(List<Event> events, TopicPartition partition) {
        var result = append(partition.topic(), events);
        assertThat(java.util.stream.IntStream.range(0, result.size())
                        .map(result::partition)
                        .distinct())
                .hasSize(1);
        return result.partition(0);
    }

    /** A clock that is set by hand. */
    private static final class SetClock extends Clock {
        private volatile long millis = 1_000_000;

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Breaks rule 3.9; those of Reactor would be stopped by Reactor itself. */
    private record AsksForNothing(CompletableFuture<Throwable> told) implements CoreSubscriber<LogBatch> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(0);
        }

        @Override
        public void onNext(LogBatch batch) {
            told.complete(new AssertionError("a batch that nobody asked for"));
        }

        @Override
        public void onError(Throwable error) {
            told.complete(error);
        }

        @Override
        public void onComplete() {
            told.complete(new AssertionError("completed"));
        }
    }
}
