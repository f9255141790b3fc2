// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.cli.option.Durations;
import io.millrace.cli.output.DeliveredEvent;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.consumers.Consumer;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.producers.Producer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/**
 * The steps of the demo on a server that runs, over its port like any other client: open two live subscribers, publish,
 * replay a part, and verify each of the three streams against the input.
 */
final class DemoRun {
    private static final int PARTITIONS = 4;
    /** Small, so that the latency is that of the way through the server and not of waiting to be sent. */
    private static final int PUBLISH_WINDOW_EVENTS = 4096;

    private static final int SLOW_WINDOW_EVENTS = 512;
    private static final int SLOW_STEP_EVENTS = 100;
    private static final long SLOW_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private final MillraceConnection connection;
    private final DemoScreen screen;
    private final UnaryOperator<Flux<DeliveredEvent>> tampering;
    private final List<Event> flights;
    private final Stopwatch stopwatch;
    private final List<DeliveredEvent> received = new ArrayList<>();
    private final AtomicLong slowArrived = new AtomicLong();

    DemoRun(
            MillraceConnection connection,
            DemoScreen screen,
            UnaryOperator<Flux<DeliveredEvent>> tampering,
            List<Event> flights) {
        this.connection = connection;
        this.screen = screen;
        this.tampering = tampering;
        this.flights = flights;
        this.stopwatch = new Stopwatch(flights.size());
    }

    /** Runs all of it. Blocks. */
    DemoReport run() {
        String topic = createTopic();
        StreamCheck fast = fast(topic).awaitOpened();
        StreamCheck slow = slow(topic).awaitOpened();
        screen.step("subscribe", "a fast and a slow live subscriber of '" + topic + "', " + PARTITIONS + " partitions");
        long begin = System.nanoTime();
        long published = publish(topic);
        Duration publishTime = since(begin, System.nanoTime());
        screen.step(
                "publish",
                String.format(Locale.ROOT, "%,d real flights keyed by origin, acknowledged by the log: ", published)
                        + inTime(published, publishTime));
        Duration fastTime = since(begin, fast.await());
        long slowMeanwhile = slowArrived.get();
        screen.step(
                "fast",
                received(fast.verdict(), fastTime)
                        + String.format(
                                Locale.ROOT,
                                "; publish to receive p50 %.0f ms, p99 %.0f ms",
                                stopwatch.latencyMillis(0.5),
                                stopwatch.latencyMillis(0.99)));
        Duration slowTime = since(begin, awaitSlow(slow));
        screen.step(
                "slow",
                received(slow.verdict(), slowTime)
                        + String.format(
                                Locale.ROOT,
                                "; it had %,d when the fast one was done, and held up nobody",
                                slowMeanwhile));
        ReplayRange range = ReplayRange.inTheMiddleOf(received);
        long replayBegin = System.nanoTime();
        StreamCheck replay = replay(topic, range);
        Duration replayTime = since(replayBegin, replay.await());
        screen.step(
                "replay",
                received(replay.verdict(), replayTime) + ": what was stored from " + clock(range.from()) + " to "
                        + clock(range.to()));
        return new DemoReport(
                published,
                fast.verdict(),
                slow.verdict(),
                replay.verdict(),
                publishTime,
                fastTime,
                slowTime,
                replayTime,
                stopwatch.latencyMillis(0.5),
                stopwatch.latencyMillis(0.99));
    }

    /** A directory may hold the flights of an earlier demo, so the name is made unique where it has to be. */
    private String createTopic() {
        String name = "flights";
        try {
            create(name);
            return name;
        } catch (MillraceException e) {
            if (!e.is(Reason.TOPIC_EXISTS)) {
                throw e;
            }
        }
        String another = name + "-" + LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
        create(another);
        return another;
    }

    private void create(String name) {
        connection
                .topics()
                .create(TopicSpec.of(new TopicName(name)).withPartitions(PARTITIONS))
                .block();
    }

    private StreamCheck fast(String topic) {
        return StreamCheck.open(
                Consumer.on(connection).subscribe(topic).fromNow().clientName("demo-fast"),
                flights.size(),
                event -> {
                    stopwatch.arrived(event.event());
                    received.add(event);
                },
                tampering,
                StreamVerifier.ofAll(flights));
    }

    /** It sleeps between small steps: its demand is what slows it, and a small window keeps little on the way. */
    private StreamCheck slow(String topic) {
        return StreamCheck.open(
                Consumer.on(connection)
                        .subscribe(topic)
                        .fromNow()
                        .creditEvents(SLOW_WINDOW_EVENTS)
                        .clientName("demo-slow"),
                flights.size(),
                event -> {
                    if (slowArrived.incrementAndGet() % SLOW_STEP_EVENTS == 0) {
                        LockSupport.parkNanos(SLOW_PAUSE_NANOS);
                    }
                },
                tampering,
                StreamVerifier.ofAll(flights));
    }

    private StreamCheck replay(String topic, ReplayRange range) {
        return StreamCheck.open(
                Consumer.on(connection)
                        .subscribe(topic)
                        .fromTime(range.from())
                        .untilTime(range.to())
                        .clientName("demo-replay"),
                Long.MAX_VALUE,
                event -> {},
                tampering,
                new StreamVerifier(flights, range.expected()));
    }

    private long publish(String topic) {
        AtomicLong acknowledged = new AtomicLong();
        try (Producer producer = Producer.builder(connection, topic)
                .maxUnsettledEvents(PUBLISH_WINDOW_EVENTS)
                .build()) {
            screen.withBar(
                    "publish",
                    flights.size(),
                    progress -> producer.publishAll(Flux.fromIterable(flights).doOnNext(stopwatch::published))
                            .doOnNext(ack -> progress.accept(acknowledged.incrementAndGet()))
                            .then()
                            .block());
        }
        return acknowledged.get();
    }

    private long awaitSlow(StreamCheck slow) {
        AtomicLong ended = new AtomicLong();
        screen.withBar("slow", flights.size(), progress -> ended.set(watched(slow, progress)));
        return ended.get();
    }

    private long watched(StreamCheck slow, LongConsumer progress) {
        Thread watcher = new Thread(() -> watch(progress), "demo-progress");
        watcher.setDaemon(true);
        watcher.start();
        try {
            return slow.await();
        } finally {
            watcher.interrupt();
        }
    }

    private void watch(LongConsumer progress) {
        while (!Thread.currentThread().isInterrupted()) {
            progress.accept(slowArrived.get());
            LockSupport.parkNanos(SLOW_PAUSE_NANOS);
        }
    }

    private static Duration since(long beginNanos, long endNanos) {
        return Duration.ofNanos(endNanos - beginNanos);
    }

    private static String received(Verdict verdict, Duration time) {
        return String.format(Locale.ROOT, "%,d received in ", verdict.received())
                + Durations.seconds(time)
                + String.format(Locale.ROOT, " (%,d/s)", DemoReport.rate(verdict.received(), time));
    }

    private static String inTime(long events, Duration time) {
        return Durations.seconds(time) + String.format(Locale.ROOT, " (%,d/s)", DemoReport.rate(events, time));
    }

    private static String clock(Instant time) {
        return Objects.requireNonNull(LocalTime.ofInstant(time, ZoneId.systemDefault()))
                .format(DateTimeFormatter.ofPattern("HH:mm:ss.SSS"));
    }
}
