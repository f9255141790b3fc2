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

/** What it costs to publish under a name, so that every event is stored once: beside the same without. */
final class Identity implements Workload {
    private static final int DATA_BYTES = 100;
    private static final int MAX_EVENTS = 1_000_000;

    @Override
    public String name() {
        return "identity";
    }

    @Override
    public String about() {
        return "durable topic, publishing under a name beside publishing without: events a second, CPU, and one by one";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        Stage stage = bench.stage();
        Pairs speed = speed(bench, stage);
        Pairs oneByOne = oneByOne(bench, stage);
        List<Target> targets = List.of(
                bench.atLeast("identity_ratio", speed.ratio(run -> run.done().eventsPerSecond()), 0.5, 0.2),
                bench.atMost("identity_cpu_ratio", speed.ratio(run -> run.cpu().all()), 2, 4),
                bench.atLeast(
                        "identity_one_by_one_ratio",
                        oneByOne.ratio(run -> run.done().eventsPerSecond()),
                        0.15,
                        0.03));
        List<String> flaws = new ArrayList<>(speed.flaws("publishing under a name"));
        flaws.addAll(oneByOne.flaws("publishing under a name, one by one"));
        return new Outcome(name(), targets, new Figures(speed, oneByOne), List.of(plot(speed)), flaws);
    }

    private static Pairs speed(Bench bench, Stage stage) {
        Race race = new Race(
                MAX_EVENTS,
                bench.depth().choose(Duration.ofSeconds(8), Duration.ofSeconds(20)),
                bench.depth().choose(Duration.ofMillis(800), Duration.ofSeconds(4)),
                bench.depth().choose(3, 5));
        bench.say("identity: %,d B of data, %d pairs".formatted(DATA_BYTES, race.pairs()));
        return race.between(
                events -> publish(stage, events, true, false), events -> publish(stage, events, false, false));
    }

    private static Measurement publish(Stage stage, int events, boolean named, boolean oneByOne) {
        String topic = stage.storage().create();
        Work work = new Work.Publish(topic, events, DATA_BYTES, named, oneByOne);
        Measurement measured = stage.run(Side.MILLRACE, work);
        stage.storage().delete(topic);
        return measured;
    }

    private static Pairs oneByOne(Bench bench, Stage stage) {
        int count = bench.depth().choose(3, 5);
        int events = bench.depth().choose(50, 500);
        bench.say("identity: one event after another, %d pairs".formatted(count));
        return Pairs.measure(
                count, () -> publish(stage, events, true, true), () -> publish(stage, events, false, true));
    }

    private static Plot plot(Pairs speed) {
        return new Plot.Bars(
                "identity",
                "Durable publishing, 100 B of data, one stream",
                "events/s",
                List.of(
                        new Plot.Bar(
                                "under a name", speed.ours(run -> run.done().eventsPerSecond())),
                        new Plot.Bar("without", speed.theirs(run -> run.done().eventsPerSecond()))));
    }

    /** What was measured. */
    private record Figures(Pairs speed, Pairs oneByOne) {}
}
