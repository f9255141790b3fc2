// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.client.Backoff;
import io.millrace.client.CuttingProxy;
import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A real broker behind a network that breaks at random: no gap, no repeat. */
class ResumeUnderCutsTest {
    private static final TopicName ORDERS = new TopicName("orders");
    private static final int PARTITIONS = 4;
    private static final int EVENTS = 100_000;
    private static final int BATCH = 500;
    private static final long SEED = 20_261_122;

    private final Random random = new Random(SEED);
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
        proxy = CuttingProxy.to(broker.port(), () -> 50_000 + random.nextInt(1_500_000));
        connection = MillraceConnection.builder(proxy.endpoint())
                .backoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)))
                .build();
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
    void historyIsReadExactlyOnceAcrossManyCuts() {
        append(0, EVENTS).blockLast();

        List<ReceivedEvent> received = Consumer.on(connection)
                .subscribe("orders")
                .fromBeginning()
                .untilLiveEnd()
                .events()
                .collectList()
                .block(Duration.ofMinutes(1));

        assertThat(proxy.cuts()).as("cuts").isGreaterThan(5);
        assertExact(received);
    }

    @Test
    void aLiveStreamIsReadExactlyOnceAcrossManyCutsByAReaderOfVaryingPace() {
        Flux<ReceivedEvent> events = Consumer.on(connection)
                .subscribe("orders")
                .fromBeginning()
                .creditEvents(2_000)
                .events()
                .limitRate(700)
                .take(EVENTS);
        List<ReceivedEvent> received = new ArrayList<>();

        StepVerifier.create(events.doOnNext(received::add)
                        .doOnSubscribe(s -> append(0, EVENTS).subscribe()))
                .expectNextCount(EVENTS)
                .expectComplete()
                .verify(Duration.ofMinutes(1));

        assertThat(proxy.cuts()).as("cuts").isGreaterThan(5);
        assertExact(received);
    }

    @Test
    void aProgramThatIsRestartedManyTimesGoesOnAtItsCursor() {
        append(0, 20_000).blockLast();
        List<ReceivedEvent> received = new ArrayList<>();
        Cursor cursor = Cursor.empty();
        while (received.size() < 20_000) {
            SubscriptionBuilder subscription = Consumer.on(connection).subscribe("orders");
            List<ReceivedEvent> some = (cursor.isEmpty() ? subscription.fromBeginning() : subscription.from(cursor))
                    .untilLiveEnd()
                    .events()
                    .take(1 + random.nextInt(3_000))
                    .collectList()
                    .block(Duration.ofSeconds(30));
            received.addAll(some);
            cursor = Cursor.parse(some.get(some.size() - 1).cursor().toString());
        }
        assertExact(received, 20_000);
    }

    private Flux<?> append(int from, int to) {
        return Flux.range(0, (to - from) / BATCH)
                .concatMap(batch -> log.append(
                        ORDERS,
                        IntStream.range(from + batch * BATCH, from + (batch + 1) * BATCH)
                                .mapToObj(ResumeUnderCutsTest::event)
                                .toList()));
    }

    private static Event event(int n) {
        return Event.builder()
                .key("key-" + n % 97)
                .data("event " + n + " " + "x".repeat(80))
                .build();
    }

    private static void assertExact(List<ReceivedEvent> received) {
        assertExact(received, EVENTS);
    }

    /** Offsets of the memory log are dense, so the next one of each partition is known. */
    private static void assertExact(List<ReceivedEvent> received, int count) {
        assertThat(received).hasSize(count);
        Map<Integer, Long> next = new HashMap<>();
        for (ReceivedEvent event : received) {
            long expected = next.getOrDefault(event.partition(), 0L);
            assertThat(event.offset()).as("partition %s", event.partition()).isEqualTo(expected);
            next.put(event.partition(), expected + 1);
        }
        assertThat(received.stream().map(event -> event.event().data()).distinct())
                .hasSize(count);
    }
}
