// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.report.Outcome;
import io.millrace.load.report.Plot;
import io.millrace.load.report.Target;
import io.millrace.load.stage.Measurement;
import io.millrace.load.stage.Side;
import io.millrace.load.stage.Stage;
import io.millrace.load.stage.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Durable publishing over one stream beside Kafka's own producer, tuned as the bridge tunes it. */
final class Publishing implements Workload {
    /** About half a gigabyte on the disk. */
    private static final int MAX_EVENTS_BYTES = 500 << 20;

    private static final int ENVELOPE_BYTES = 150;

    @Override
    public String name() {
        return "publish";
    }

    @Override
    public String about() {
        return "durable topic, every event acknowledged, beside Kafka's producer: events a second and CPU";
    }

    @Override
    public boolean isQuick() {
        return true;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        Stage stage = bench.stage();
        Pairs small = race(bench, stage, 100);
        Pairs large = race(bench, stage, 1024);
        List<Target> targets = new ArrayList<>();
        addTargets(targets, bench, "100b", small);
        addTargets(targets, bench, "1kib", large);
        List<String> flaws = new ArrayList<>(small.flaws("publish 100 B"));
        flaws.addAll(large.flaws("publish 1 KiB"));
        flaws.addAll(readByTheOtherSide(stage));
        return new Outcome(name(), targets, new Figures(stage.fileStore(), small, large), List.of(plot(small)), flaws);
    }

    private static Pairs race(Bench bench, Stage stage, int dataBytes) {
        Race race = new Race(
                MAX_EVENTS_BYTES / (dataBytes + ENVELOPE_BYTES),
                bench.depth().choose(Duration.ofSeconds(dataBytes > 100 ? 1 : 8), Duration.ofSeconds(20)),
                bench.depth().choose(Duration.ofMillis(800), Duration.ofSeconds(4)),
                bench.depth().choose(3, 5));
        bench.say("publish: %,d B of data, %d pairs".formatted(dataBytes, race.pairs()));
        return race.between(
                events -> publish(stage, Side.MILLRACE, events, dataBytes),
                events -> publish(stage, Side.KAFKA, events, dataBytes));
    }

    private static Measurement publish(Stage stage, Side side, int events, int dataBytes) {
        String topic = stage.storage().create();
        Measurement measured = stage.run(side, new Work.Publish(topic, events, dataBytes));
        stage.storage().requireEvents(topic, events + 1L);
        stage.storage().delete(topic);
        return measured;
    }

    /** What one side has published the other reads, every event in its place. */
    private static List<String> readByTheOtherSide(Stage stage) {
        int events = 50_000;
        List<String> flaws = new ArrayList<>();
        for (Side side : Side.values()) {
            String topic = stage.storage().create();
            stage.run(side, new Work.Publish(topic, events - 1, 100));
            Measurement read = stage.run(side.other(), new Work.Replay(topic, events, 100, 1));
            if (!read.done().counts().isFlawless() || read.done().counts().received() != events) {
                flaws.add("published by " + side + ", read by the other: "
                        + read.done().counts());
            }
            stage.storage().delete(topic);
        }
        return flaws;
    }

    private static void addTargets(List<Target> targets, Bench bench, String size, Pairs pairs) {
        double target = leavesTheBrokerACore(pairs) ? 0.8 : 0.5;
        targets.add(bench.atLeast("publish_" + size + "_ratio", speedRatio(pairs), target, 0.25));
        targets.add(bench.atMost(
                "publish_" + size + "_cpu_ratio", pairs.ratio(run -> run.cpu().all()), 2, 4));
    }

    private static double speedRatio(Pairs pairs) {
        return pairs.ratio(run -> run.done().eventsPerSecond());
    }

    /** Whether Kafka's producer and its node left one of the processors idle: there a broker between them can work. */
    private static boolean leavesTheBrokerACore(Pairs pairs) {
        double busy = pairs.theirs(run -> run.cpu().all() / (run.done().nanos() / 1e9));
        return busy <= Runtime.getRuntime().availableProcessors() - 1;
    }

    private static Plot plot(Pairs small) {
        return new Plot.Bars(
                "publish",
                "Durable publishing, 100 B of data, one stream",
                "events/s",
                List.of(
                        new Plot.Bar("Millrace", small.ours(run -> run.done().eventsPerSecond())),
                        new Plot.Bar(
                                "Kafka's producer",
                                small.theirs(run -> run.done().eventsPerSecond()))));
    }

    /** What was measured. */
    private record Figures(String fileStore, Pairs small, Pairs large) {}
}
