// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.fanout.ScaleFigures;
import io.millrace.load.report.Outcome;
import io.millrace.load.report.Plot;
import io.millrace.load.report.Statistics;
import io.millrace.load.report.Target;
import io.millrace.load.stage.BrokerProcess;
import io.millrace.load.stage.Crowd;
import io.millrace.load.stage.Measurement;
import io.millrace.load.stage.Side;
import io.millrace.load.stage.Stage;
import io.millrace.load.stage.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a thousand subscribers cost, and what a publisher notices of a thousand that are slow or do not read. */
final class ScaleSubscribers implements Workload {
    private static final int FEW = 100;
    private static final int MANY = 1_000;
    private static final int STALLED = 900;
    private static final int READING = 100;
    private static final int EVENTS_PER_SECOND = 100;
    private static final int PACE = 200;
    private static final int WARMING = 10;

    /** More than a ring holds. */
    private static final int RING_EVENTS = 200_000;

    private static final double MIB = 1 << 20;
    private static final double KIB = 1 << 10;

    @Override
    public String name() {
        return "scale-subscribers";
    }

    @Override
    public String about() {
        return "1,000 subscribers: CPU per delivery and memory; 900 of them stalled: what the publisher notices";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        ScaleFigures scale = bench.fanOut().scale(FEW, MANY);
        Stage stage = bench.stage();
        Pairs crowd = crowd(bench, stage);
        List<Double> stalledBytes = stalledBytes(bench, stage);
        long residentBytes = residentBytes(bench, stage);
        List<Target> targets = List.of(
                bench.atMost("fan_out_1000_cpu_ratio", scale.cpuRatio(), 2, 4),
                bench.atMost("broker_rss_1000_mib", residentBytes / MIB, 256, 512),
                bench.atLeast(
                        "attached_publish_ratio", crowd.ratio(run -> run.done().eventsPerSecond()), 0.9, 0.4),
                bench.atMost("stalled_subscriber_kib", Statistics.median(stalledBytes, b -> b) / KIB, 96, 256));
        return new Outcome(
                name(),
                targets,
                new Figures(scale, crowd, stalledBytes, residentBytes),
                List.of(plot(crowd)),
                List.of());
    }

    private static Pairs crowd(Bench bench, Stage stage) {
        int count = bench.depth().choose(3, 5);
        bench.say("scale-subscribers: publishing to %d stalled and %d slow subscribers, %d pairs"
                .formatted(STALLED, READING, count));
        int events = bench.depth().choose(300_000, 1_000_000);
        alone(stage, events);
        attended(stage, events);
        alone(stage, events);
        return Pairs.measure(count, () -> attended(stage, events), () -> alone(stage, events));
    }

    private static Measurement alone(Stage stage, int events) {
        String topic = stage.storage().create();
        Measurement measured = publish(stage, topic, events);
        stage.storage().delete(topic);
        return measured;
    }

    private static Measurement attended(Stage stage, int events) {
        String topic = stage.storage().create();
        String endpoint = stage.broker().endpoint();
        try (Crowd crowd = Crowd.gather(endpoint, topic, STALLED, READING, EVENTS_PER_SECOND)) {
            Measurement measured = publish(stage, topic, events);
            crowd.requireWhole();
            return measured;
        } finally {
            stage.storage().delete(topic);
        }
    }

    private static Measurement publish(Stage stage, String topic, int events) {
        return stage.run(Side.MILLRACE, new Work.Publish(topic, events, 100));
    }

    /** What a broker that only serves them grows by, for each; its ring is full before. */
    private static List<Double> stalledBytes(Bench bench, Stage stage) throws IOException {
        int count = bench.depth().choose(1, 5);
        bench.say("scale-subscribers: memory of %d stalled subscribers, %d brokers".formatted(STALLED, count));
        List<Double> bytes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String topic = stage.storage().create();
            try (BrokerProcess broker = stage.freshBroker();
                    Crowd few = Crowd.gather(broker.endpoint(), topic, WARMING, WARMING, 10 * RING_EVENTS)) {
                publish(stage, topic, RING_EVENTS);
                few.requireWhole();
                long before = broker.usage().residentBytes();
                try (Crowd crowd = Crowd.gather(broker.endpoint(), topic, STALLED, 0, EVENTS_PER_SECOND)) {
                    publish(stage, topic, RING_EVENTS);
                    crowd.requireWhole();
                    bytes.add((double) (broker.usage().residentBytes() - before) / STALLED);
                }
            }
            stage.storage().delete(topic);
        }
        return bytes;
    }

    /** Of a broker that serves a thousand, each of them every event of a paced topic. */
    private static long residentBytes(Bench bench, Stage stage) throws IOException {
        bench.say("scale-subscribers: memory of a broker with %,d subscribers".formatted(MANY));
        String topic = stage.storage().create();
        try (BrokerProcess broker = stage.freshBroker();
                Crowd crowd = Crowd.gather(broker.endpoint(), topic, 0, MANY, 2 * PACE)) {
            stage.run(
                    Side.MILLRACE,
                    new Work.Live(topic, 0, 1, PACE, 500, bench.depth().choose(3_000, 15_000)));
            crowd.requireWhole();
            return broker.usage().residentBytes();
        } finally {
            stage.storage().delete(topic);
        }
    }

    private static Plot plot(Pairs crowd) {
        return new Plot.Bars(
                "scale-subscribers",
                "Durable publishing beside a crowd of 900 stalled and 100 slow subscribers",
                "events/s",
                List.of(
                        new Plot.Bar(
                                "with the crowd", crowd.ours(run -> run.done().eventsPerSecond())),
                        new Plot.Bar("without", crowd.theirs(run -> run.done().eventsPerSecond()))));
    }

    /** What was measured. */
    private record Figures(
            ScaleFigures fanOut, Pairs crowd, List<Double> bytesPerStalledSubscriber, long residentBytes) {}
}
