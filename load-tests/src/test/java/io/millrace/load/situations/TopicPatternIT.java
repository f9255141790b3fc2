// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.Cursor;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.event.Event;
import io.millrace.core.log.EventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.localkafka.testing.KafkaFixture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** One subscription to a pattern over many topics on Kafka, some of which are made and deleted meanwhile: exact counts. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TopicPatternIT {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final int TOPICS = 20;
    private static final int EVENTS = 250;
    private static final int AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Map<String, Integer> published = new TreeMap<>();
    private final Map<String, Integer> received = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final List<Signal> signals = new CopyOnWriteArrayList<>();
    private volatile Cursor last = Cursor.empty();

    @Test
    void aPatternReadsItsTopicsExactlyWhileOneJoinsAndOneLeaves() throws IOException {
        KafkaLogConfig config = KafkaLogConfig.of(KAFKA.bootstrapServers());
        try (EventLog log = KafkaEventLog.connect(config);
                EventLog elsewhere = KafkaEventLog.connect(config);
                Broker broker = Broker.builder().log(log).port(0).start();
                MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + broker.port())) {
            make(
                    elsewhere,
                    IntStream.range(0, TOPICS).mapToObj(i -> "pattern.eu.t" + i).toList());
            make(elsewhere, List.of("pattern.us.t0"));
            elsewhere.append(new TopicName("pattern.us.t0"), events(EVENTS)).block(PATIENCE);
            publish(elsewhere, EVENTS);
            Disposable subscription = Consumer.on(connection)
                    .subscribe("pattern.eu.*", "pattern.eu.t1")
                    .fromBeginning()
                    .onSignal(signals::add)
                    .events()
                    .subscribe(this::receive, error -> wrong.add(error.toString()));
            awaitExact();

            make(elsewhere, List.of("pattern.eu.late"));
            publish(elsewhere, EVENTS);
            awaitExact();

            elsewhere.topics().delete(new TopicName("pattern.eu.t3")).block(PATIENCE);
            int complete = published.remove("pattern.eu.t3");
            publish(elsewhere, EVENTS);
            await().atMost(PATIENCE).until(this::hasHeardThatItHasGone);
            published.put("pattern.eu.t3", complete);
            awaitExact();
            subscription.dispose();
            assertThat(signals)
                    .as("one unbroken stream")
                    .noneMatch(signal -> signal instanceof Signal.Disconnected || signal instanceof Signal.Gap);

            published.remove("pattern.eu.t3");
            make(elsewhere, List.of("pattern.eu.later"));
            publish(elsewhere, EVENTS);
            published.put("pattern.eu.t3", complete);
            Consumer.on(connection)
                    .subscribe("pattern.eu.*", "pattern.eu.t1")
                    .from(Cursor.parse(last.toString()))
                    .untilLiveEnd()
                    .events()
                    .doOnNext(this::receive)
                    .blockLast(PATIENCE);
            assertExact();
        }
    }

    private boolean hasHeardThatItHasGone() {
        TopicPartition gone = new TopicPartition(new TopicName("pattern.eu.t3"), 0);
        return signals.stream()
                .anyMatch(signal -> signal instanceof Signal.Heartbeat heartbeat
                        && heartbeat.cursor().nextOffset(gone).isEmpty());
    }

    private void receive(ReceivedEvent event) {
        long expected = next.getOrDefault(event.topicPartition(), 0L);
        if (event.offset() != expected) {
            wrong.add(event + " instead of " + expected);
        }
        next.put(event.topicPartition(), event.offset() + 1);
        last = event.cursor();
        received.merge(event.topic().value(), 1, Integer::sum);
    }

    private void awaitExact() {
        await().atMost(PATIENCE).untilAsserted(this::assertExact);
    }

    private void assertExact() {
        assertThat(received).isEqualTo(published);
        assertThat(wrong).as("out of order").isEmpty();
    }

    private void make(EventLog log, List<String> names) {
        Flux.fromIterable(names)
                .flatMap(
                        name -> log.topics()
                                .create(TopicSpec.of(new TopicName(name)).withPartitions(1 + name.length() % 2), false),
                        AT_ONCE)
                .blockLast(PATIENCE);
        names.stream().filter(name -> name.startsWith("pattern.eu.")).forEach(name -> published.put(name, 0));
    }

    /** So many more in each topic that is there. */
    private void publish(EventLog log, int count) {
        Flux.fromIterable(published.keySet())
                .flatMap(name -> log.append(new TopicName(name), events(count)), AT_ONCE)
                .blockLast(PATIENCE);
        published.replaceAll((name, before) -> before + count);
    }

    private static List<Event> events(int count) {
        return IntStream.range(0, count)
                .mapToObj(n ->
                        Event.builder().key("key-" + n % 31).data("event " + n).build())
                .toList();
    }
}
