// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Signal;
import io.millrace.core.log.EventLog;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.memory.MemoryLogConfig;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.localkafka.testing.KafkaFixture;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A subscriber that starts at the beginning while events are being published crosses from replay to live without a gap
 * or a repeat, many times in a row, at random moments.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // a machine that does much else takes its time
class HandOverIT {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final int TOPICS = 12;
    private static final int TOPICS_AT_ONCE = 3; // a crossing waits for live events most of its time
    private static final int CROSSINGS_PER_TOPIC = 10;
    private static final int CROSSINGS = TOPICS * CROSSINGS_PER_TOPIC;
    private static final int EVENTS_PER_SECOND = 5_000;
    private static final int EVENTS_OUTSIDE_RING = 100_000;
    private static final int EVENTS_AFTER_CAUGHT_UP = 1_000;
    private static final int LONGEST_WAIT_EVENTS = 1_000;
    private static final int DATA_BYTES = 64;
    private static final int RING_BYTES = 512 * 1024;
    private static final int MAX_PARTITIONS = 4;

    /** No event is smaller than its data, so the rings of a topic hold no more than these. */
    private static final int MAX_EVENTS_IN_RINGS = MAX_PARTITIONS * RING_BYTES / DATA_BYTES;

    private static final int PUBLISHED_BEFORE = EVENTS_OUTSIDE_RING + MAX_EVENTS_IN_RINGS;

    /** Then a reader finds the ring of the one before. */
    private static final Duration RING_KEPT = Duration.ofSeconds(2);

    /** Then every reader begins with a ring that begins too. */
    private static final Duration RING_GIVEN_BACK = Duration.ZERO;

    private static final long MEMORY_LOG_BYTES = 400L << 20;
    private static final long SEED = 20_261_122;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final NumberedEvents events = new NumberedEvents(DATA_BYTES);

    @Test
    void aReaderCrossesFromReplayToLiveExactlyOnALogInMemory() throws IOException {
        MemoryLogConfig config =
                MemoryLogConfig.defaults().withTotalBytes(MEMORY_LOG_BYTES).withPartitionBytes(MEMORY_LOG_BYTES);
        try (EventLog log = MemoryEventLog.create(config)) {
            crossManyTimes("memory", log);
        }
    }

    @Test
    void aReaderCrossesFromReplayToLiveExactlyOnKafka() throws IOException {
        try (EventLog log = KafkaEventLog.connect(KafkaLogConfig.of(KAFKA.bootstrapServers()))) {
            crossManyTimes("Kafka", log);
        }
    }

    private void crossManyTimes(String name, EventLog log) {
        Tally tally = new Tally();
        Flux.range(0, TOPICS)
                .flatMap(
                        number -> Mono.fromCallable(() -> crossOneTopic(number, log, tally))
                                .subscribeOn(Schedulers.boundedElastic()),
                        TOPICS_AT_ONCE)
                .blockLast();
        System.out.println("Hand-over on " + name + ": " + tally);
        assertThat(tally.crossings).isEqualTo(CROSSINGS);
        assertThat(tally.eventsPerSecond()).as("published meanwhile").isGreaterThan(0.98 * EVENTS_PER_SECOND);
    }

    private TopicName crossOneTopic(int number, EventLog log, Tally tally) throws IOException {
        TopicSpec topic =
                TopicSpec.of(new TopicName("hand-over-" + number)).withPartitions(number % 2 == 0 ? 1 : MAX_PARTITIONS);
        log.topics().create(topic, false).block(PATIENCE);
        crossWithABroker(topic.name(), new HistoryMeter(log), number / 2 % 2 == 0 ? RING_KEPT : RING_GIVEN_BACK, tally);
        log.topics().delete(topic.name()).block(PATIENCE);
        return topic.name();
    }

    /** With a broker of its own, whose streams and memory ledger are back at zero afterwards. */
    private void crossWithABroker(TopicName topic, HistoryMeter meter, Duration ringIdle, Tally tally)
            throws IOException {
        BrokerLimits limits =
                BrokerLimits.defaults().withRingBytes(RING_BYTES, RING_BYTES).withRingIdle(ringIdle);
        try (Broker broker = Broker.builder().log(meter).port(0).limits(limits).start()) {
            crossWhilePublishing(broker.port(), topic, meter, tally);
            await("every stream has ended").atMost(PATIENCE).until(() -> broker.streams() == 0);
            await("the memory ledger is back at zero")
                    .atMost(PATIENCE)
                    .until(() -> broker.ledger().usedBytes() == 0);
        }
    }

    private void crossWhilePublishing(int port, TopicName topic, HistoryMeter meter, Tally tally) {
        try (MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + port);
                NumberedPublisher publisher = new NumberedPublisher(connection, topic, events)) {
            publisher.allowUpTo(PUBLISHED_BEFORE);
            publisher.awaitAcknowledged(PUBLISHED_BEFORE);
            Random random = new Random(SEED + topic.hashCode());
            long startNanos = System.nanoTime();
            publisher.pace(PUBLISHED_BEFORE, EVENTS_PER_SECOND);
            for (int i = 0; i < CROSSINGS_PER_TOPIC; i++) {
                publisher.awaitAcknowledged(publisher.acknowledged() + random.nextInt(LONGEST_WAIT_EVENTS));
                crossOnce(port, topic, meter, tally);
            }
            tally.published(publisher.acknowledged() - PUBLISHED_BEFORE, System.nanoTime() - startNanos);
            publisher.finish();
        }
    }

    private static void crossOnce(int port, TopicName topic, HistoryMeter meter, Tally tally) {
        long historyBefore = meter.eventsRead();
        try (MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + port)) {
            Crossing crossing = Crossing.of(connection, topic, EVENTS_AFTER_CAUGHT_UP, PATIENCE);

            String which = "a crossing of " + topic + ": " + crossing;
            assertThat(crossing.order().gaps()).as(which).isZero();
            assertThat(crossing.order().repeats()).as(which).isZero();
            assertThat(crossing.order().events() - crossing.replayedEvents())
                    .as(which)
                    .isGreaterThanOrEqualTo(EVENTS_AFTER_CAUGHT_UP);
            assertThat(crossing.replayedEvents() - MAX_EVENTS_IN_RINGS)
                    .as(which)
                    .isGreaterThanOrEqualTo(EVENTS_OUTSIDE_RING);
            assertThat(meter.eventsRead() - historyBefore)
                    .as("events read from the log in " + which)
                    .isGreaterThanOrEqualTo(EVENTS_OUTSIDE_RING);
            assertThat(crossing.signals())
                    .as("one unbroken stream in " + which)
                    .noneMatch(signal -> signal instanceof Signal.Disconnected || signal instanceof Signal.Gap);
            tally.add(crossing, meter.eventsRead() - historyBefore);
        }
    }

    /** What the summary line says. Topics add to it from threads of their own; it is read when they have ended. */
    private static final class Tally {
        private final long startNanos = System.nanoTime();
        private int crossings;
        private long events;
        private long fewestFromLog = Long.MAX_VALUE;
        private long fellBehind;
        private Duration longestPause = Duration.ZERO;
        private long published;
        private long publishedNanos;

        synchronized void add(Crossing crossing, long eventsFromLog) {
            crossings++;
            events += crossing.order().events();
            fewestFromLog = Math.min(fewestFromLog, eventsFromLog);
            fellBehind += crossing.signals().stream()
                    .filter(Signal.FellBehind.class::isInstance)
                    .count();
            if (crossing.longestPause().compareTo(longestPause) > 0) {
                longestPause = crossing.longestPause();
            }
        }

        synchronized void published(long count, long nanos) {
            published += count;
            publishedNanos += nanos;
        }

        double eventsPerSecond() {
            return published * (double) TimeUnit.SECONDS.toNanos(1) / publishedNanos;
        }

        @Override
        public String toString() {
            return String.format(
                    "%d crossings, %,d events read, 0 gaps, 0 repeats, at least %,d from the log each time,"
                            + " %,.0f events/s published meanwhile, fell behind %d times, longest pause %d ms, %d s in all",
                    crossings,
                    events,
                    fewestFromLog,
                    eventsPerSecond(),
                    fellBehind,
                    longestPause.toMillis(),
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos));
        }
    }
}
