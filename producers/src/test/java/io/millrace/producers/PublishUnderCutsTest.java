// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.client.Backoff;
import io.millrace.client.CuttingProxy;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.core.event.Event;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A real broker behind a network that breaks at random: every event is stored, and every key keeps its order. */
class PublishUnderCutsTest {
    private static final TopicName ORDERS = new TopicName("orders");
    private static final int PARTITIONS = 4;
    private static final int EVENTS = 100_000;
    private static final int KEYS = 97;

    private final Random random = new Random(20_261_122);
    private MemoryEventLog log;
    private Broker broker;
    private CuttingProxy proxy;
    private MillraceConnection connection;

    @BeforeEach
    void start() throws Exception {
        log = MemoryEventLog.create();
        log.topics()
                .create(TopicSpec.of(ORDERS).withPartitions(PARTITIONS), false)
                .block();
        broker = Broker.builder().log(log).port(0).start();
        proxy = CuttingProxy.to(broker.port(), () -> 20_000 + random.nextInt(60_000));
        connection = connect();
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        proxy.close();
        await().until(() -> broker.streams() == 0);
        broker.close();
        log.close();
    }

    @Test
    void everyAcknowledgedEventIsStoredWhereItSaysAndKeysKeepTheirOrder() {
        Map<String, PublishAck> acks = new HashMap<>();
        try (Producer producer = Producer.to(connection, "orders")) {
            producer.publishAll(Flux.range(0, EVENTS).map(PublishUnderCutsTest::event))
                    .doOnNext(ack -> acks.put(ack.eventId(), ack))
                    .blockLast(Duration.ofMinutes(1));
        }

        assertThat(proxy.cuts()).as("cuts").isGreaterThan(5);
        assertThat(acks).hasSize(EVENTS);
        Map<TopicPartition, List<StoredEvent>> stored = stored();
        acks.forEach((id, ack) -> assertThat(stored.get(ack.partition())
                        .get((int) ack.offset())
                        .event()
                        .id())
                .isEqualTo(id));
        stored.values().forEach(PublishUnderCutsTest::assertKeysInOrder);
        assertThat(stored.values().stream().mapToInt(List::size).sum())
                .as("repeats are allowed, losses are not")
                .isGreaterThanOrEqualTo(EVENTS);
    }

    @Test
    void withoutRetryNothingIsStoredTwiceAndEveryLossIsNamed() {
        Set<String> named = new HashSet<>();
        List<PublishResult> results;
        try (Producer producer =
                Producer.builder(connection, "orders").onUnknown(OnUnknown.FAIL).build()) {
            results = producer.publishEach(Flux.range(0, EVENTS).map(PublishUnderCutsTest::event))
                    .collectList()
                    .block(Duration.ofMinutes(1));
        }

        assertThat(results).hasSize(EVENTS);
        Map<String, Integer> timesStored = new HashMap<>();
        stored().values()
                .forEach(events -> events.forEach(
                        stored -> timesStored.merge(stored.event().id(), 1, Integer::sum)));
        assertThat(timesStored.values()).containsOnly(1);
        for (PublishResult result : results) {
            if (result instanceof PublishResult.Stored stored) {
                assertThat(timesStored).containsKey(stored.ack().eventId());
            } else if (result instanceof PublishResult.Failed failed) {
                named.add(failed.event().id());
            }
        }
        assertThat(named).as("cuts hit something").isNotEmpty();
    }

    @Test
    void underANameEveryEventIsStoredOnceAndAcknowledgedWhereItIs() {
        List<PublishAck> acks;
        try (Producer producer =
                Producer.builder(connection, "orders").exactlyOnce("cut-off").build()) {
            assertThat(producer.firstSequence().block(Duration.ofSeconds(30))).isEqualTo(1);
            acks = producer.publishAll(Flux.range(0, EVENTS).map(PublishUnderCutsTest::event))
                    .collectList()
                    .block(Duration.ofMinutes(1));
        }

        assertThat(proxy.cuts()).as("cuts").isGreaterThan(5);
        assertThat(acks)
                .extracting(PublishAck::sequence)
                .isEqualTo(LongStream.rangeClosed(1, EVENTS).boxed().toList());
        Map<TopicPartition, List<StoredEvent>> stored = stored();
        acks.forEach(ack -> assertThat(stored.get(ack.partition())
                        .get((int) ack.offset())
                        .event()
                        .id())
                .isEqualTo(ack.eventId()));
        stored.values().forEach(PublishUnderCutsTest::assertKeysInOrder);
        assertThat(stored.values().stream().mapToInt(List::size).sum()).isEqualTo(EVENTS);
    }

    @Test
    void aProgramThatBeginsAgainGoesOnWhereTheOneBeforeEnded() {
        for (int run = 0; run < 5; run++) {
            try (MillraceConnection own = connect()) {
                Producer producer = importer(own); // never closed: the program is ended with events on their way
                producer.publishAll(from(producer.firstSequence())).take(10_000).blockLast(Duration.ofMinutes(1));
            }
        }
        try (Producer last = importer(connection)) {
            last.publishAll(from(last.firstSequence())).blockLast(Duration.ofMinutes(1));
        }

        Map<TopicPartition, List<StoredEvent>> stored = stored();
        stored.values().forEach(PublishUnderCutsTest::assertKeysInOrder);
        assertThat(stored.values().stream()
                        .flatMap(List::stream)
                        .map(e -> e.event().id())
                        .distinct())
                .hasSize(EVENTS);
        assertThat(stored.values().stream().mapToInt(List::size).sum()).isEqualTo(EVENTS);
    }

    @Test
    void aProducerThatIsFencedFailsAndDoesNotComeBack() {
        try (Producer first = Producer.builder(connection, "orders")
                        .exactlyOnce("one")
                        .build();
                Producer second = Producer.builder(connection, "orders")
                        .exactlyOnce("one")
                        .build()) {
            first.publish(event(0)).block(Duration.ofSeconds(30));
            second.publish(event(1)).block(Duration.ofSeconds(30));

            assertThatThrownBy(() -> first.publish(event(2)).block(Duration.ofSeconds(30)))
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.reason())
                                    .isIn(
                                            Optional.of(Reason.PRODUCER_FENCED),
                                            Optional.of(Reason.PUBLISH_OUTCOME_UNKNOWN)));
            assertThatThrownBy(() -> first.publish(event(3)).block(Duration.ofSeconds(30)))
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> assertThat(e.is(Reason.PRODUCER_FENCED)).isTrue());
            second.publish(event(4)).block(Duration.ofSeconds(30));
        }
    }

    private MillraceConnection connect() {
        return MillraceConnection.builder(proxy.endpoint())
                .backoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)))
                .build();
    }

    private static Producer importer(MillraceConnection connection) {
        return Producer.builder(connection, "orders").exactlyOnce("import").build();
    }

    /** All the events from this sequence on; the first one has sequence 1. */
    private static Flux<Event> from(Mono<Long> firstSequence) {
        return firstSequence.flatMapMany(first ->
                Flux.range(first.intValue() - 1, EVENTS + 1 - first.intValue()).map(PublishUnderCutsTest::event));
    }

    private Map<TopicPartition, List<StoredEvent>> stored() {
        Map<TopicPartition, List<StoredEvent>> stored = new HashMap<>();
        IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new TopicPartition(ORDERS, p))
                .forEach(partition -> {
                    PartitionBounds bounds = log.bounds(partition).block();
                    List<StoredEvent> events = new ArrayList<>();
                    log.read(partition, 0, bounds.end())
                            .doOnNext(batch -> events.addAll(batch.events()))
                            .blockLast(Duration.ofSeconds(30));
                    stored.put(partition, events);
                });
        return stored;
    }

    /** After removing repeats, by their first occurrence, the numbers of each key go up. */
    private static void assertKeysInOrder(List<StoredEvent> events) {
        Set<String> seen = new HashSet<>();
        Map<String, Integer> lastOfKey = new HashMap<>();
        for (StoredEvent stored : events) {
            if (seen.add(stored.event().id())) {
                String key = stored.event().key().utf8();
                int number = Integer.parseInt(stored.event().subject());
                assertThat(number).isGreaterThan(lastOfKey.getOrDefault(key, -1));
                lastOfKey.put(key, number);
            }
        }
    }

    private static Event event(int n) {
        return Event.builder()
                .id("id-" + n)
                .subject(Integer.toString(n))
                .key("key-" + n % KEYS)
                .data("x".repeat(100))
                .build();
    }
}
