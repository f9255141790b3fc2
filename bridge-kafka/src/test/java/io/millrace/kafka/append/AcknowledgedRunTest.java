// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is acknowledged is told in runs, in order, and beside the thread that brings it. */
@Timeout(60)
class AcknowledgedRunTest {
    private static final TopicName ORDERS = new TopicName("orders");
    private static final String UID = "uid";
    private static final int LONG_RUN = 1_024;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Told told = new Told();
    private final AcknowledgedRun run = new AcknowledgedRun(told, tasks::add);

    @Test
    void whatFollowsEachOtherIsOneRun() {
        add(0, 10, 15);
        add(1, 7, 9);
        add(0, 15, 18);
        add(0, 20, 21);
        run.tellSoon();
        work();

        assertThat(told.runs).containsExactly("0:10-15", "1:7-9", "0:15-18", "0:20-21");
    }

    @Test
    void aLongRunIsToldInParts() {
        add(0, 0, LONG_RUN + 1);
        work();

        assertThat(told.runs).containsExactly("0:0-1024", "0:1024-1025");
    }

    @Test
    void ofAPartitionThatNobodyFollowsNothingIsKept() {
        add(Told.NOT_FOLLOWED, 0, 3 * LONG_RUN);
        run.tellSoon();
        work();

        assertThat(told.runs).isEmpty();
    }

    @Test
    void anEventIsShownAsItsRecordIsRead() {
        Event half =
                Event.of(Bytes.wrap(new byte[1])).toBuilder().id("half \ud800").build();
        run.add(ORDERS, UID, half, stored(0, 0));
        run.tellSoon();
        work();

        assertThat(told.events).extracting(event -> event.event().id()).containsExactly("half ?");
    }

    @Test
    void runsThatNobodyHasToldAreBounded() {
        for (int i = 0; i <= AcknowledgedRun.MOST_WAITING; i++) {
            add(i % 2, i, i + 1);
        }

        assertThat(tasks).hasSize(1); // which has not run
        assertThat(told.runs).hasSizeGreaterThanOrEqualTo(AcknowledgedRun.MOST_WAITING);
    }

    @Test
    void acknowledgementsDoNotWaitWhileARunIsTold() throws Exception {
        ExecutorService teller = Executors.newSingleThreadExecutor();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Told slow = new Told() {
            @Override
            public void acknowledged(String topicUid, TopicPartition partition, LogBatch batch) {
                begun.countDown();
                await(mayGoOn);
                super.acknowledged(topicUid, partition, batch);
            }
        };
        AcknowledgedRun toSlow = new AcknowledgedRun(slow, teller);
        toSlow.add(ORDERS, UID, event(), stored(0, 0));
        toSlow.tellSoon();
        await(begun);

        CompletableFuture.runAsync(() -> LongStream.range(1, 5L * LONG_RUN)
                        .forEach(offset -> toSlow.add(ORDERS, UID, event(), stored(0, offset))))
                .get(30, TimeUnit.SECONDS);
        mayGoOn.countDown();
        toSlow.tellSoon();
        teller.shutdown();
        assertThat(teller.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        assertThat(slow.events)
                .extracting(StoredEvent::offset)
                .containsExactlyElementsOf(
                        LongStream.range(0, 5L * LONG_RUN).boxed().toList());
    }

    private void add(int partition, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            run.add(ORDERS, UID, event(), stored(partition, offset));
        }
    }

    private void work() {
        run.tellSoon();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static Event event() {
        return Event.of(Bytes.wrap(new byte[1]));
    }

    private static RecordMetadata stored(int partition, long offset) {
        return new RecordMetadata(
                new org.apache.kafka.common.TopicPartition(ORDERS.value(), partition), offset, 0, 1_000, 0, 1);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static class Told implements Acknowledged {
        static final int NOT_FOLLOWED = 9;

        final List<String> runs = new ArrayList<>();
        final List<StoredEvent> events = new ArrayList<>();

        @Override
        public boolean isFollowed(TopicPartition partition) {
            return partition.partition() != NOT_FOLLOWED;
        }

        @Override
        public void acknowledged(String topicUid, TopicPartition partition, LogBatch batch) {
            assertThat(topicUid).isEqualTo(UID);
            runs.add("%d:%d-%d".formatted(partition.partition(), batch.fromOffset(), batch.nextOffset()));
            events.addAll(batch.events());
        }
    }
}
