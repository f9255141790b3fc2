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

/**
 * What exactness costs: publishing under a name, so that every event is stored once, and in requests that are stored all
 * or nothing, each beside the same without.
 */
final class Identity implements Workload {
    private static final int DATA_BYTES = 100;
    private static final int MAX_EVENTS = 1_000_000;
    private static final int EVENTS_PER_REQUEST = 100;
    private static final int REQUESTS_UNDER_WAY = 8;

    @Override
    public String name() {
        return "identity";
    }

    @Override
    public String about() {
        return "durable topic, publishing under a name, and atomic requests, beside the same without: events a second,"
                + " CPU, and one by one";
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
        Pairs atomic = requests(bench, stage, REQUESTS_UNDER_WAY, bench.depth().choose(100, 1_000));
        Pairs atomicOneByOne = requests(bench, stage, 1, bench.depth().choose(50, 300));
        List<Target> targets = List.of(
                bench.atLeast("identity_ratio", speed.ratio(run -> run.done().eventsPerSecond()), 0.5, 0.2),
                bench.atMost("identity_cpu_ratio", speed.ratio(run -> run.cpu().all()), 2, 4),
                bench.atLeast(
                        "identity_one_by_one_ratio",
                        oneByOne.ratio(run -> run.done().eventsPerSecond()),
                        0.15,
                        0.03),
                bench.atLeast("atomic_ratio", atomic.ratio(run -> run.done().eventsPerSecond()), 0.15, 0.03),
                bench.atMost("atomic_cpu_ratio", atomic.ratio(run -> run.cpu().all()), 3, 6),
                bench.atLeast(
                        "atomic_one_by_one_ratio",
                        atomicOneByOne.ratio(run -> run.done().eventsPerSecond()),
                        0.15,
                        0.03));
        List<String> flaws = new ArrayList<>(speed.flaws("publishing under a name"));
        flaws.addAll(oneByOne.flaws("publishing under a name, one by one"));
        flaws.addAll(atomic.flaws("atomic requests"));
        flaws.addAll(atomicOneByOne.flaws("atomic requests, one by one"));
        Figures figures = new Figures(speed, oneByOne, atomic, atomicOneByOne);
        return new Outcome(name(), targets, figures, List.of(plot(speed, atomic)), flaws);
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

    /** Requests that are stored all or nothing beside those that are not. */
    private static Pairs requests(Bench bench, Stage stage, int underWay, int requests) {
        int count = bench.depth().choose(3, 5);
        bench.say("identity: requests of %d events, %d under way, %d pairs"
                .formatted(EVENTS_PER_REQUEST, underWay, count));
        request(stage, requests, underWay, true);
        request(stage, requests, underWay, false);
        return Pairs.measure(
                count, () -> request(stage, requests, underWay, true), () -> request(stage, requests, underWay, false));
    }

    private static Measurement request(Stage stage, int requests, int underWay, boolean atomic) {
        String topic = stage.storage().create();
        Work work = new Work.Requests(topic, requests, EVENTS_PER_REQUEST, DATA_BYTES, underWay, atomic);
        Measurement measured = stage.run(Side.MILLRACE, work);
        stage.storage().delete(topic);
        return measured;
    }

    private static Plot plot(Pairs speed, Pairs atomic) {
        return new Plot.Bars(
                "identity",
                "Durable publishing, 100 B of data: one stream; requests of 100 events, 8 under way",
                "events/s",
                List.of(
                        new Plot.Bar(
                                "under a name", speed.ours(run -> run.done().eventsPerSecond())),
                        new Plot.Bar("without", speed.theirs(run -> run.done().eventsPerSecond())),
                        new Plot.Bar(
                                "atomic requests", atomic.ours(run -> run.done().eventsPerSecond())),
                        new Plot.Bar("requests", atomic.theirs(run -> run.done().eventsPerSecond()))));
    }

    /** What was measured. */
    private record Figures(Pairs speed, Pairs oneByOne, Pairs atomic, Pairs atomicOneByOne) {}
}
