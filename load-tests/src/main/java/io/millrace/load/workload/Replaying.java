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
import java.util.ArrayList;
import java.util.List;

/** Replay of a stored topic by one reader and by ten at once, beside Kafka's own consumers. */
final class Replaying implements Workload {
    private static final int MANY = 10;

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public String about() {
        return "a stored topic read from its beginning by one and by ten readers, beside Kafka's consumers";
    }

    @Override
    public boolean isQuick() {
        return true;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        Stage stage = bench.stage();
        String topic = filled(bench, stage);
        Pairs one = pairs(bench, stage, topic, 1, bench.depth().choose(3, 5));
        Pairs ten = pairs(bench, stage, topic, MANY, bench.depth().choose(2, 5));
        stage.storage().delete(topic);
        List<Target> targets = List.of(
                bench.atLeast("replay_1_ratio", speedRatio(one), 0.7, 0.2),
                bench.atLeast("replay_10_ratio", speedRatio(ten), 0.8, 0.2),
                bench.atMost(
                        "replay_10_kafka_cpu_ratio", ten.ratio(run -> run.cpu().kafka()), 0.3, 1),
                bench.atMost(
                        "replay_10_servers_cpu_ratio",
                        ten.ratio(run -> run.cpu().servers()),
                        2,
                        8));
        List<String> flaws = new ArrayList<>(one.flaws("replay by one"));
        flaws.addAll(ten.flaws("replay by ten"));
        return new Outcome(name(), targets, new Figures(events(bench), one, ten), List.of(plot(one, ten)), flaws);
    }

    /** A topic with the events in it. */
    static String filled(Bench bench, Stage stage) {
        String topic = stage.storage().createUnforced();
        bench.say("replay: filling a topic with %,d events".formatted(events(bench)));
        stage.run(Side.KAFKA, new Work.Publish(topic, events(bench) - 1, 100));
        return topic;
    }

    static int events(Bench bench) {
        return bench.depth().choose(250_000, 2_000_000);
    }

    private static Pairs pairs(Bench bench, Stage stage, String topic, int readers, int count) {
        bench.say("replay: %d readers, %d pairs".formatted(readers, count));
        Work work = new Work.Replay(topic, events(bench), 100, readers);
        for (Side side : Side.values()) {
            warmUp(bench, stage, side, work);
        }
        return Pairs.measure(count, () -> stage.run(Side.MILLRACE, work), () -> stage.run(Side.KAFKA, work));
    }

    private static void warmUp(Bench bench, Stage stage, Side side, Work work) {
        long millis = bench.depth().choose(2_000L, 10_000L);
        for (long spent = 0; spent < millis; ) {
            Measurement run = stage.run(side, work);
            spent += run.done().nanos() / 1_000_000;
        }
    }

    private static double speedRatio(Pairs pairs) {
        return pairs.ratio(run -> run.done().eventsPerSecond());
    }

    private static Plot plot(Pairs one, Pairs ten) {
        return new Plot.Bars(
                "replay",
                "Replay of stored events, every one checked",
                "events/s",
                List.of(
                        new Plot.Bar("Millrace, one", one.ours(run -> run.done().eventsPerSecond())),
                        new Plot.Bar("Kafka, one", one.theirs(run -> run.done().eventsPerSecond())),
                        new Plot.Bar("Millrace, ten", ten.ours(run -> run.done().eventsPerSecond())),
                        new Plot.Bar("Kafka, ten", ten.theirs(run -> run.done().eventsPerSecond()))));
    }

    /** What was measured. */
    private record Figures(int events, Pairs oneReader, Pairs tenReaders) {}
}
