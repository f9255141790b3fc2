// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.report.Outcome;
import io.millrace.load.report.Plot;
import io.millrace.load.stage.Done;
import io.millrace.load.stage.Measurement;
import io.millrace.load.stage.Side;
import io.millrace.load.stage.Stage;
import io.millrace.load.stage.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What live subscribers notice of ten replays of another topic. */
final class Mixed implements Workload {
    private static final int SUBSCRIBERS = 100;
    private static final int EVENTS_PER_SECOND = 500;
    private static final int REPLAYS = 10;

    @Override
    public String name() {
        return "mixed";
    }

    @Override
    public String about() {
        return "live latency of 100 subscribers at 500 events/s, with ten replays beside them and without";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        Stage stage = bench.stage();
        String stored = Replaying.filled(bench, stage);
        Work replays = new Work.Replay(stored, Replaying.events(bench), 100, REPLAYS);
        stage.beginBeside(replays).join();
        alone(bench, stage);
        int count = bench.depth().choose(3, 5);
        bench.say("mixed: %d pairs".formatted(count));
        List<String> flaws = new ArrayList<>();
        Pairs pairs = Pairs.measure(count, () -> beside(bench, stage, replays, flaws), () -> alone(bench, stage));
        stage.storage().delete(stored);
        flaws.addAll(pairs.flaws("mixed"));
        double with = pairs.ours(run -> run.done().requireLatency().p99());
        double without = pairs.theirs(run -> run.done().requireLatency().p99());
        return new Outcome(
                name(),
                List.of(bench.atMost(
                        "mixed_p99_ratio",
                        pairs.ratio(run -> run.done().requireLatency().p99()),
                        2,
                        20)),
                pairs,
                List.of(new Plot.Bars(
                        "mixed",
                        "p99 of live delivery to 100 subscribers",
                        "ms, less is better",
                        List.of(new Plot.Bar("ten replays", with), new Plot.Bar("none", without)))),
                flaws);
    }

    private static Measurement alone(Bench bench, Stage stage) {
        return Latencies.live(
                stage,
                Side.MILLRACE,
                SUBSCRIBERS,
                EVENTS_PER_SECOND,
                500,
                bench.depth().choose(1_000, 4_000));
    }

    private static Measurement beside(Bench bench, Stage stage, Work replays, List<String> flaws) {
        CompletableFuture<Done> replaying = stage.beginBeside(replays);
        Measurement live = alone(bench, stage);
        if (replaying.isDone()) {
            throw new IllegalStateException("the replays ended before the live window did; they need more events");
        }
        Done replayed = replaying.join();
        if (!replayed.counts().isFlawless()) {
            flaws.add("mixed, the replays: " + replayed.counts());
        }
        return live;
    }
}
