// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.TopicLimits;
import io.millrace.client.Backoff;
import io.millrace.client.CuttingProxy;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.core.event.Event;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** Several topics and patterns in one subscription: a real broker behind a network that breaks at random. */
class SubscribedTopicsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int EVENTS = 1_500;

    private final SplittableRandom random = new SplittableRandom(20_261_124);
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final List<Signal> signals = new CopyOnWriteArrayList<>();
    private volatile Cursor last = Cursor.empty();
    private volatile boolean cutting;
    private MemoryEventLog log;
    private Broker broker;
    private CuttingProxy proxy;
    private MillraceConnection connection;

    @BeforeEach
    void start() throws Exception {
        log = MemoryEventLog.create();
        broker = Broker.builder()
                .log(log)
                .port(0)
                .limits(BrokerLimits.defaults().withTopics(new TopicLimits(2_048, Duration.ofMillis(50))))
                .start();
        proxy = CuttingProxy.to(broker.port(), () -> cutting ? 20_000 + random.nextInt(300_000) : Long.MAX_VALUE);
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
        assertThat(wrong).as("what came out of order").isEmpty();
        assertThat(signals)
                .as("why streams broke")
                .noneMatch(signal -> signal instanceof Signal.Disconnected disconnected
                        && disconnected.cause().is(Reason.CHAIN_BROKEN));
    }

    @Test
    void topicsThatComeAndGoAreReadExactlyAcrossManyCuts() {
        cutting = true;
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < 8; i++) {
            make("eu.shop" + i, 1 + i % 3);
            append("eu.shop" + i, EVENTS, expected);
        }
        make("orders", 2);
        append("orders", EVENTS, expected);
        make("us.shop", 1);
        append("us.shop", EVENTS, new HashMap<>());
        Disposable subscription = follow(
                Consumer.on(connection).subscribe("orders", "eu.*", "eu.shop3").fromBeginning());
        awaitCounts(expected);

        for (int i = 0; i < 3; i++) {
            delete("eu.shop" + i);
            make("eu.new" + i, 2);
            append("eu.new" + i, EVENTS, expected);
            append("orders", EVENTS, expected);
        }
        awaitCounts(expected);
        append("eu.shop7", EVENTS, expected);
        awaitCounts(expected);
        subscription.dispose();

        assertThat(proxy.cuts()).as("cuts").isGreaterThan(5);
        assertThat(last.nextOffset(new TopicPartition(new TopicName("eu.new2"), 1)))
                .isPresent();
        assertThat(last.describe()).doesNotContain("eu.shop0", "eu.shop1", "eu.shop2", "us.shop");
    }

    @Test
    void aTopicThatIsMadeAgainIsReadFromItsNewBeginning() {
        Map<String, Integer> expected = new HashMap<>();
        make("eu.shop", 1);
        append("eu.shop", 40, expected);
        make("eu.other", 1);
        Disposable subscription =
                follow(Consumer.on(connection).subscribe("eu.*").fromBeginning());
        awaitCounts(expected);

        delete("eu.shop");
        await().atMost(PATIENCE)
                .until(() -> signals.stream()
                        .anyMatch(signal -> signal instanceof Signal.Heartbeat heartbeat
                                && !heartbeat.cursor().describe().contains("eu.shop")));
        next.remove(new TopicPartition(new TopicName("eu.shop"), 0));
        make("eu.shop", 1);
        append("eu.shop", 7, expected);
        awaitCounts(expected);

        proxy.cut();
        append("eu.shop", 5, expected);
        append("eu.other", 5, expected);
        awaitCounts(expected);
        subscription.dispose();
    }

    @Test
    void aCursorOverTopicsGoesOnInEachOfThemAndReadsWhatCameSinceFromItsBeginning() {
        Map<String, Integer> expected = new HashMap<>();
        make("orders", 1);
        append("orders", 100, expected);
        for (int i = 0; i < 4; i++) {
            make("eu.shop" + i, 2);
            append("eu.shop" + i, 100, expected);
        }
        SubscriptionBuilder first =
                Consumer.on(connection).subscribe("orders", "eu.>").fromBeginning();
        first.events().take(333).doOnNext(this::count).blockLast(PATIENCE);
        make("eu.new", 1);
        append("eu.new", 30, expected);

        Consumer.on(connection)
                .subscribe("orders", "eu.>")
                .from(Cursor.parse(last.toString()))
                .untilLiveEnd()
                .events()
                .doOnNext(this::count)
                .blockLast(PATIENCE);

        assertThat(counts).isEqualTo(expected);
    }

    @Test
    void aPartitionThatWasNeverNamedIsNotReadAfterACutEither() {
        make("orders", 3);
        append("orders", 600, new HashMap<>());
        TopicPartition named = new TopicPartition(new TopicName("orders"), 1);
        next.put(named, 10L);
        Disposable subscription =
                follow(Consumer.on(connection).subscribe("orders").fromOffset(1, 10));
        awaitEnd(named);
        proxy.cut();
        await().atMost(PATIENCE).until(() -> opened() == 2);
        append("orders", 600, new HashMap<>());
        awaitEnd(named);
        subscription.dispose();

        assertThat(next).containsOnlyKeys(named);
        next.clear();
        next.put(named, last.nextOffset(named).orElseThrow());
        append("orders", 600, new HashMap<>());
        Consumer.on(connection)
                .subscribe("orders")
                .fromOnly(last)
                .untilLiveEnd()
                .events()
                .doOnNext(this::count)
                .blockLast(PATIENCE);
        assertThat(next).containsOnlyKeys(named);
        awaitEnd(named);
    }

    @Test
    void aPatternThatMatchesNothingYetIsWaitedForAlsoOverACut() {
        Disposable subscription = follow(Consumer.on(connection).subscribe("eu.*"));
        await().atMost(PATIENCE).until(() -> opened() == 1);
        proxy.cut();
        Map<String, Integer> expected = new HashMap<>();
        make("eu.shop", 1);
        append("eu.shop", 10, expected);
        awaitCounts(expected);
        subscription.dispose();
    }

    @Test
    void whatCanBeNeitherNameNorPatternIsRefusedBeforeAnyCall() {
        Consumer consumer = Consumer.on(connection);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> consumer.subscribe("orders", "eu.*shop"))
                .withMessageContaining("'eu.*shop' is no pattern");
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> consumer.subscribe("a/b"));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> consumer.subscribe("eu.*").fromOffset(0, 1));
    }

    @Test
    void aNamedTopicThatIsMissingEndsTheSubscription() {
        make("eu.shop", 1);
        assertThatExceptionOfType(MillraceException.class)
                .isThrownBy(() -> Consumer.on(connection)
                        .subscribe("eu.*", "orders")
                        .events()
                        .blockLast(PATIENCE))
                .satisfies(refused -> assertThat(refused.reason()).contains(Reason.TOPIC_NOT_FOUND));
    }

    private Disposable follow(SubscriptionBuilder subscription) {
        return subscription
                .creditEvents(700)
                .onSignal(signals::add)
                .events()
                .subscribe(this::count, error -> wrong.add(error.toString()));
    }

    private void count(ReceivedEvent event) {
        long expected = next.getOrDefault(event.topicPartition(), 0L);
        if (event.offset() != expected) {
            wrong.add(event + " instead of " + expected);
        }
        next.put(event.topicPartition(), event.offset() + 1);
        last = event.cursor();
        counts.merge(event.topic().value(), 1, Integer::sum);
    }

    private void awaitCounts(Map<String, Integer> expected) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(counts).isEqualTo(expected));
    }

    private void awaitEnd(TopicPartition partition) {
        long end = log.bounds(partition).block(PATIENCE).end();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(next).containsEntry(partition, end));
    }

    private long opened() {
        return signals.stream().filter(Signal.Opened.class::isInstance).count();
    }

    private void make(String topic, int partitions) {
        log.topics()
                .create(TopicSpec.of(new TopicName(topic)).withPartitions(partitions), false)
                .block(PATIENCE);
    }

    private void delete(String topic) {
        log.topics().delete(new TopicName(topic)).block(PATIENCE);
    }

    private void append(String topic, int events, Map<String, Integer> expected) {
        log.append(
                        new TopicName(topic),
                        IntStream.range(0, events)
                                .mapToObj(n -> Event.builder()
                                        .key("key-" + n % 97)
                                        .data(topic + " " + n)
                                        .build())
                                .toList())
                .block(PATIENCE);
        expected.merge(topic, events, Integer::sum);
    }
}
