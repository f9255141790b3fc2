// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.event.Event;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.record.CheckedRecords;
import io.millrace.kafka.record.CorruptEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.subscriber.TestSubscriber;

class PartitionTailTest {
    private static final CheckedRecords CHECKED = new CheckedRecords(new CorruptEvents(), () -> false);
    private static final String UID = "uid";
    private static final TopicPartition PARTITION = new TopicPartition(new TopicName("orders"), 0);
    private static final long NOW = 0;
    private static final long LATER = PartitionTail.LEAD.toNanos();

    private final PartitionTail shared =
            new PartitionTail(new org.apache.kafka.common.TopicPartition("orders", 0), UID, CHECKED, 10);
    private final TestSubscriber<LogBatch> subscriber =
            TestSubscriber.builder().initialRequest(0).build();

    @Test
    void aRunAtThePositionIsShownAndReadingRestsForAWhile() {
        follow(Long.MAX_VALUE);

        assertThat(offer(10, 13)).isFalse();

        assertThat(offsets()).containsExactly(10L, 11L, 12L);
        assertThat(shared.wantsReading(NOW)).isFalse();
        assertThat(shared.isLed()).isTrue();
        assertThat(shared.wantsReading(LATER)).isTrue();
    }

    @Test
    void aRunBehindAHoleIsLeftToTheReaderWhichIsCalledOnce() {
        follow(Long.MAX_VALUE);
        offer(10, 11);

        assertThat(offer(12, 14)).isTrue();
        assertThat(offer(14, 15)).isFalse();

        assertThat(offsets()).containsExactly(10L);
        assertThat(shared.wantsReading(NOW)).isTrue();
        shared.advance(records(11, 15), 15);
        assertThat(offsets()).containsExactly(10L, 11L, 12L, 13L, 14L);
    }

    @Test
    void whatBothBringComesOnce() {
        follow(Long.MAX_VALUE);
        offer(10, 13);

        shared.advance(records(10, 12), 12);
        shared.advance(records(12, 15), 15);
        offer(13, 16);

        assertThat(offsets()).containsExactly(10L, 11L, 12L, 13L, 14L, 15L);
        assertThat(shared.position()).isEqualTo(16);
    }

    @Test
    void offsetsWithoutEventsArePassedByTheReader() {
        follow(Long.MAX_VALUE);
        offer(10, 12);

        shared.advance(List.of(), 14);

        assertThat(subscriber.getReceivedOnNext()).last().isEqualTo(new LogBatch(12, 14, List.of()));
    }

    @Test
    void aRunOfAnotherTopicOfTheSameNameIsNotShown() {
        follow(Long.MAX_VALUE);

        assertThat(shared.offer("another", run(10, 12), NOW)).isFalse();

        assertThat(offsets()).isEmpty();
    }

    @Test
    void runsThatBeginAgainAreOfATopicThatWasMadeAgainAndNoneOfThemIsShown() {
        follow(Long.MAX_VALUE);
        offer(10, 13);

        offer(0, 5);
        offer(5, 13);
        offer(13, 20);

        assertThat(offsets()).containsExactly(10L, 11L, 12L);
        assertThat(shared.wantsReading(LATER)).isTrue();
    }

    @Test
    void aLargeRunLeadsForLonger() {
        follow(Long.MAX_VALUE);

        offer(10, 1_010);

        assertThat(shared.wantsReading(LATER)).isFalse();
        assertThat(shared.isLed()).isTrue();
        assertThat(shared.wantsReading(PartitionTail.LONG_LEAD.toNanos())).isTrue();
    }

    @Test
    void nothingIsShownThatWasNotRequested() {
        follow(2);

        offer(10, 11);
        offer(11, 12);
        shared.advance(records(11, 11), 11);

        assertThat(offsets()).containsExactly(10L);
        assertThat(shared.wantsReading(LATER)).isFalse();
        subscriber.request(1);
        assertThat(shared.wantsReading(LATER)).isTrue();
        shared.advance(records(11, 12), 12);
        assertThat(offsets()).containsExactly(10L, 11L);
    }

    /** A log with holes, read in pieces, and its dense runs offered: some never, all others before or after the reading. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void inWhateverOrderBothBringItEveryEventComesOnce(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        follow(Long.MAX_VALUE);
        long end = 20_000;
        Set<Long> holes = new TreeSet<>();
        for (long offset = 10; offset < end; offset++) {
            if (random.nextInt(40) == 0) {
                holes.add(offset);
            }
        }
        long read = 10;
        long offered = 10;
        while (read < end) {
            if (random.nextBoolean()) {
                long to = Math.min(end, read + 1 + random.nextInt(50));
                long from = read;
                shared.advance(records(from, to, holes), to);
                read = random.nextInt(3) == 0 ? Math.max(to, shared.position()) : to;
            } else if (offered < end) {
                long from = offered;
                long to = from;
                while (to < end && !holes.contains(to) && to < from + 30) {
                    to++;
                }
                if (to > from && random.nextInt(5) > 0) {
                    offer(from, to);
                }
                offered = Math.max(to, from + 1);
            }
        }

        assertThat(offsets())
                .isEqualTo(LongStream.range(10, end)
                        .filter(offset -> !holes.contains(offset))
                        .boxed()
                        .toList());
        long position = 10;
        for (LogBatch batch : subscriber.getReceivedOnNext()) {
            assertThat(batch.fromOffset()).isEqualTo(position);
            position = batch.nextOffset();
        }
    }

    private void follow(long demand) {
        Tail tail = new Tail(new TopicView("orders", UID, 1), PARTITION, CHECKED, subscriber, 10, news -> {});
        subscriber.onSubscribe(tail);
        subscriber.request(demand);
        assertThat(shared.hear(tail)).isTrue();
    }

    private boolean offer(long from, long to) {
        return shared.offer(UID, run(from, to), NOW);
    }

    private static LogBatch run(long from, long to) {
        return new LogBatch(
                from,
                to,
                LongStream.range(from, to)
                        .mapToObj(offset ->
                                new StoredEvent(offset, 0, Event.builder().build()))
                        .toList());
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(long from, long to) {
        return records(from, to, Set.of());
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(long from, long to, Set<Long> holes) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            if (!holes.contains(offset)) {
                records.add(new ConsumerRecord<>("orders", 0, offset, new byte[0], new byte[0]));
            }
        }
        return records;
    }

    private List<Long> offsets() {
        return subscriber.getReceivedOnNext().stream()
                .flatMap(batch -> batch.events().stream())
                .map(StoredEvent::offset)
                .toList();
    }
}
