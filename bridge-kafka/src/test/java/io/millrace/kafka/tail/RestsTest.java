// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.event.Event;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicName;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.record.CheckedRecords;
import io.millrace.kafka.record.CorruptEvents;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** With a consumer of Kafka's that has no Kafka: what is paused is its own affair. */
class RestsTest {
    private static final int PARTITIONS = 1_000;
    private static final long BEGIN = 10;
    private static final long NOW = 0;
    private static final long LATER = PartitionTail.LEAD.toNanos();

    private final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
            Map.of("bootstrap.servers", "127.0.0.1:1"), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    private final Map<TopicPartition, PartitionTail> followed = new HashMap<>();
    private final Map<TopicPartition, TestSubscriber<LogBatch>> subscribers = new HashMap<>();
    private final Rests rests = new Rests();

    @BeforeEach
    void everyPartitionIsFollowed() {
        for (int i = 0; i < PARTITIONS; i++) {
            follow(partition(i));
        }
        consumer.assign(followed.keySet());
        followed.forEach((partition, shared) -> {
            consumer.seek(partition, shared.position());
            rests.begin(consumer, shared);
        });
        assertThat(apply(NOW)).isFalse();
        assertThat(consumer.paused()).isEmpty();
    }

    @AfterEach
    void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    @Test
    void whoseReaderAsksForNothingRestsAndGoesOnAtItsPosition() {
        read(partition(3), BEGIN + 1);
        rests.stirred(followed.get(partition(3)));
        apply(NOW);
        assertThat(consumer.paused()).containsExactly(partition(3));

        subscribers.get(partition(3)).request(1);
        rests.stirred(followed.get(partition(3)));
        apply(NOW);
        assertThat(consumer.paused()).isEmpty();
        assertThat(consumer.position(partition(3))).isEqualTo(BEGIN + 1);
    }

    @Test
    void onlyPartitionsToWhichSomethingHasHappenedAreLookedAt() {
        read(partition(3), BEGIN + 1);
        read(partition(4), BEGIN + 1);
        rests.stirred(followed.get(partition(4)));

        apply(NOW);

        assertThat(consumer.paused()).containsExactly(partition(4));
    }

    @Test
    void whatAcknowledgementsLeadRestsUntilTheyStayAway() {
        subscribers.get(partition(5)).request(5);
        PartitionTail led = followed.get(partition(5));
        Event event = Event.builder().build();
        led.offer("uid", new LogBatch(BEGIN, BEGIN + 1, List.of(new StoredEvent(BEGIN, 0, event))), NOW);
        rests.stirred(led);

        assertThat(apply(NOW)).isTrue();
        assertThat(consumer.paused()).containsExactly(partition(5));
        assertThat(apply(LATER)).isFalse();
        assertThat(consumer.paused()).isEmpty();
        assertThat(consumer.position(partition(5))).isEqualTo(BEGIN + 1);
    }

    @Test
    void whoeverFollowsAPartitionAnewDoesNotRestForThoseBefore() {
        read(partition(6), BEGIN + 1);
        rests.stirred(followed.get(partition(6)));
        apply(NOW);

        rests.end(followed.remove(partition(6)));
        follow(partition(6));
        rests.begin(consumer, followed.get(partition(6)));
        apply(NOW);

        assertThat(consumer.paused()).isEmpty();
    }

    private boolean apply(long nowNanos) {
        return rests.apply(consumer, followed, nowNanos);
    }

    /** Takes what its reader has asked for. */
    private void read(TopicPartition partition, long nextOffset) {
        followed.get(partition).advance(List.of(), nextOffset);
    }

    /** With a reader that has asked for one batch more than the one that tells the place. */
    private void follow(TopicPartition partition) {
        CheckedRecords checked = new CheckedRecords(new CorruptEvents(), () -> false);
        PartitionTail shared = new PartitionTail(partition, "uid", checked, BEGIN);
        TestSubscriber<LogBatch> subscriber =
                TestSubscriber.builder().initialRequest(0).build();
        Tail tail = new Tail(
                new TopicView(partition.topic(), "uid", PARTITIONS),
                new io.millrace.core.topic.TopicPartition(new TopicName(partition.topic()), partition.partition()),
                checked,
                subscriber,
                BEGIN,
                news -> {});
        subscriber.onSubscribe(tail);
        subscriber.request(2);
        shared.hear(tail);
        followed.put(partition, shared);
        subscribers.put(partition, subscriber);
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition("orders", number);
    }
}
