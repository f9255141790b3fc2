// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Signal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.localkafka.testing.KafkaFixture;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One subscriber reads ten events a second beside nine that read as fast as they can, from a broker with a process of
 * its own. The publisher is as fast as the slowest of the nine.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // a machine that does much else takes its time
class SlowReaderIT {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final TopicName TOPIC = new TopicName("slow-reader");
    private static final int FAST_READERS = 9;
    private static final int SLOW_EVENTS_PER_SECOND = 10;
    private static final Duration WITH_SLOW_READER = Duration.ofSeconds(60);
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration WINDOW = Duration.ofSeconds(3);
    private static final int PAIRS = 11;
    private static final double LEAST_SHARE_OF_RATE = 0.9;
    private static final double LARGEST_HEAP_GROWTH = 0.05;
    private static final int HEAP_SAMPLES = 4;
    private static final Duration HEAP_SAMPLE_PAUSE = Duration.ofSeconds(2);
    private static final int RING_BYTES = 16 << 20;
    private static final int DATA_BYTES = 200;
    private static final int LOG_GROWTH_IN_RINGS = 10;

    /** How far the publisher may be ahead of the slowest of the nine: well within the ring. */
    private static final int AHEAD_EVENTS = 8_192;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<CountingReader> fast = new ArrayList<>();
    private BrokerProcess broker;
    private MillraceConnection connection;
    private NumberedPublisher publisher;

    @BeforeEach
    void start() throws IOException {
        broker = BrokerProcess.start(KAFKA.bootstrapServers(), RING_BYTES);
        connection = MillraceConnection.to("127.0.0.1:" + broker.port());
        connection.topics().create(TopicSpec.of(TOPIC)).block(PATIENCE);
        publisher = new NumberedPublisher(connection, TOPIC, new NumberedEvents(DATA_BYTES));
        for (int i = 0; i < FAST_READERS; i++) {
            CountingReader reader = CountingReader.open(broker.port(), TOPIC, publisher::wake);
            reader.requestUnbounded();
            fast.add(reader);
        }
    }

    @AfterEach
    void stop() throws IOException {
        fast.forEach(CountingReader::close);
        publisher.close();
        connection.close();
        broker.close();
    }

    @Test
    void aSlowReaderDelaysNobodyCostsNoMemoryAndLosesNothing() {
        publishAsFastAsTheNineRead();
        rate(WARM_UP);
        readBesideASlowOne();
        publishAsFastAsTheNineRead();
        double share = shareOfRateBesideASlowOne();
        long published = publisher.pause();
        for (CountingReader reader : fast) {
            awaitExact(reader, published);
        }
        assertThat(share).as("share of their rate alone").isGreaterThanOrEqualTo(LEAST_SHARE_OF_RATE);
        fast.forEach(CountingReader::close);
        await("every stream of a reader has ended").atMost(PATIENCE).until(() -> broker.streams() == 1);
    }

    /**
     * Alone and beside a slow one in turns, because the machine has other things to do: the median, over the windows
     * beside a slow one, of the rate as a share of the mean of the windows before and after.
     */
    private double shareOfRateBesideASlowOne() {
        List<Double> alone = new ArrayList<>(List.of(rate(WINDOW)));
        List<Double> beside = new ArrayList<>();
        for (int pair = 0; pair < PAIRS; pair++) {
            beside.add(rateBesideASlowOne());
            alone.add(rate(WINDOW));
        }
        List<Double> shares = IntStream.range(0, PAIRS)
                .mapToObj(i -> beside.get(i) / ((alone.get(i) + alone.get(i + 1)) / 2))
                .toList();
        System.out.printf(
                "Slow reader: the nine alone %,.0f events/s, beside a slow one %,.0f (medians of %d windows of %d s);"
                        + " share %.1f %% (median of %s)%n",
                median(alone),
                median(beside),
                PAIRS,
                WINDOW.toSeconds(),
                100 * median(shares),
                shares.stream().map(share -> Math.round(100 * share) + " %").toList());
        return median(shares);
    }

    private double rateBesideASlowOne() {
        try (CountingReader slow = CountingReader.open(broker.port(), TOPIC, () -> {})) {
            Disposable requests = tenEventsASecond(slow);
            awaitReadingFromLog(slow);
            double rate = rate(WINDOW);
            requests.dispose();
            assertThat(slow.order().gaps() + slow.order().repeats()).isZero();
            return rate;
        }
    }

    private void readBesideASlowOne() {
        try (CountingReader slow = CountingReader.open(broker.port(), TOPIC, () -> {})) {
            Disposable requests = tenEventsASecond(slow);
            awaitReadingFromLog(slow);
            long startNanos = System.nanoTime();
            long slowBefore = slow.nextNumber();
            long logBefore = publisher.acknowledged();
            long heapBefore = heapBytesAtRest();
            double fastRate = rate(WITH_SLOW_READER);
            await("the log has grown enough")
                    .atMost(PATIENCE)
                    .until(() -> dataBytesSince(logBefore) >= (long) LOG_GROWTH_IN_RINGS * RING_BYTES);
            long heapAfter = heapBytesAtRest();
            requests.dispose();
            double seconds = secondsSince(startNanos);
            long slowEvents = slow.nextNumber() - slowBefore;

            long published = publisher.pause();
            long grownBytes = dataBytesSince(logBefore);
            long behind = published - slow.nextNumber();
            long readOnNanos = System.nanoTime();
            slow.requestUnbounded();
            awaitExact(slow, published);
            double readOnSeconds = secondsSince(readOnNanos);

            System.out.printf(
                    "Slow reader: %d events in %.0f s beside nine that read %,.0f/s, while the log grew by %.1f rings of %d MiB (data alone);"
                            + " broker's heap after collection %,d KiB before, %,d KiB after (%+.1f %%);"
                            + " then it read the %,d events behind it in %.1f s (%,.0f events/s)%n",
                    slowEvents,
                    seconds,
                    fastRate,
                    (double) grownBytes / RING_BYTES,
                    RING_BYTES >> 20,
                    heapBefore >> 10,
                    heapAfter >> 10,
                    100.0 * (heapAfter - heapBefore) / heapBefore,
                    behind,
                    readOnSeconds,
                    behind / readOnSeconds);
            assertThat(slowEvents / seconds)
                    .as("events per second of the slow one")
                    .isBetween(0.9 * SLOW_EVENTS_PER_SECOND, 1.1 * SLOW_EVENTS_PER_SECOND);
            assertThat((double) heapAfter)
                    .as("heap after collection")
                    .isLessThanOrEqualTo(heapBefore * (1 + LARGEST_HEAP_GROWTH));
            assertThat(behind / readOnSeconds)
                    .as("events per second at full speed")
                    .isGreaterThan(1_000 * SLOW_EVENTS_PER_SECOND);
        }
    }

    /** The ring, which holds no more data than its bytes, has passed it; what it reads from then on comes from Kafka. */
    private void awaitReadingFromLog(CountingReader slow) {
        await("the ring has passed the slow one")
                .atMost(PATIENCE)
                .until(() -> dataBytesSince(slow.nextNumber()) > RING_BYTES);
        long passed = slow.nextNumber();
        await("it reads on").atMost(PATIENCE).until(() -> slow.nextNumber() > passed + 1);
    }

    /**
     * What the broker keeps, without what is only passing through: the publisher pauses and the nine are at the end,
     * while the slow one reads on. The smallest of several, because a request of a Kafka client may be under way.
     */
    private long heapBytesAtRest() {
        return LongStream.range(0, HEAP_SAMPLES)
                .map(sample -> {
                    rate(HEAP_SAMPLE_PAUSE);
                    long published = publisher.pause();
                    await("the nine are at the end").atMost(PATIENCE).until(() -> slowestOfTheNine() == published);
                    long heapBytes = broker.heapBytesAfterCollection();
                    publishAsFastAsTheNineRead();
                    return heapBytes;
                })
                .min()
                .orElseThrow();
    }

    private static Disposable tenEventsASecond(CountingReader slow) {
        return Flux.interval(Duration.ofSeconds(1).dividedBy(SLOW_EVENTS_PER_SECOND))
                .subscribe(tick -> slow.request(1));
    }

    private void publishAsFastAsTheNineRead() {
        publisher.allowUpTo(() -> slowestOfTheNine() + AHEAD_EVENTS);
    }

    private long slowestOfTheNine() {
        long slowest = Long.MAX_VALUE;
        for (CountingReader reader : fast) {
            slowest = Math.min(slowest, reader.nextNumber());
        }
        return slowest;
    }

    /** Events per second of the nine together, for so long. */
    private double rate(Duration time) {
        long startNanos = System.nanoTime();
        long before = readByTheNine();
        Mono.delay(time).block();
        return (readByTheNine() - before) / secondsSince(startNanos);
    }

    private long readByTheNine() {
        return fast.stream().mapToLong(CountingReader::nextNumber).sum();
    }

    private static void awaitExact(CountingReader reader, long published) {
        await("the reader is at the end").atMost(PATIENCE).until(() -> reader.nextNumber() >= published);
        OrderCheck order = reader.order();
        assertThat(order.gaps() + order.repeats()).as(order.firstDeviation()).isZero();
        assertThat(order.nextNumber()).as("everything has come").isEqualTo(published);
        assertThat(reader.hasHeard(signal -> signal instanceof Signal.Gap || signal instanceof Signal.Disconnected))
                .as("gaps and lost connections")
                .isFalse();
    }

    private long dataBytesSince(long firstNumber) {
        return (publisher.acknowledged() - firstNumber) * DATA_BYTES;
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
