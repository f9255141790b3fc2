// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.report.Outcome;
import io.millrace.load.report.Plot;
import io.millrace.load.report.Statistics;
import io.millrace.load.report.Target;
import io.millrace.load.stage.Counts;
import io.millrace.load.stage.Done;
import io.millrace.load.stage.Side;
import io.millrace.load.stage.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The highest pace at which every subscriber keeps up, events parsed and handed to user code, on a durable topic. A pace
 * is held when 99 of 100 deliveries are no later than {@link #HELD_MILLIS} after their event was due, in the median of
 * several runs.
 */
final class DurableFanOut implements Workload {
    private static final int HELD_MILLIS = 250;

    /** So that the target is a rung, just. */
    private static final int LOWEST_DELIVERIES = 71_000;

    /** What both sides hold. */
    private static final int WARM_UP_DELIVERIES = 800_000;

    private static final int RUN_UP_MILLIS = 1_000;
    private static final int HIGHEST_DELIVERIES = 10_000_000;

    @Override
    public String name() {
        return "durable-fanout";
    }

    @Override
    public String about() {
        return "durable topic, SDK to user code: the highest pace held by 100 and 1,000 subscribers, beside Kafka's clients";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        Stage stage = bench.stage();
        List<String> flaws = new ArrayList<>();
        Climb hundred = climb(bench, stage, Side.MILLRACE, 100, flaws);
        Climb native100 = climb(bench, stage, Side.KAFKA, 100, flaws);
        Climb thousand = climb(bench, stage, Side.MILLRACE, 1_000, flaws);
        List<Target> targets = List.of(
                bench.atLeast("durable_fan_out_100_deliveries", hundred.deliveriesPerSecond(), 2e6, 2e5),
                bench.atLeast("durable_fan_out_1000_deliveries", thousand.deliveriesPerSecond(), 2e6, 2e5),
                bench.atLeast(
                        "durable_fan_out_100_ratio",
                        hundred.deliveriesPerSecond() / native100.deliveriesPerSecond(),
                        5,
                        2));
        return new Outcome(
                name(),
                targets,
                new Figures(hundred, native100, thousand),
                List.of(plot(hundred, native100, thousand)),
                flaws);
    }

    private static Climb climb(Bench bench, Stage stage, Side side, int subscribers, List<String> flaws) {
        bench.say("durable-fanout: %s, the highest pace that %,d subscribers hold".formatted(side, subscribers));
        warmUp(bench, stage, side, subscribers);
        List<Rung> tried = new ArrayList<>();
        Ladder ladder = new Ladder(LOWEST_DELIVERIES / subscribers, HIGHEST_DELIVERIES / subscribers);
        long held = ladder.highest(pace -> {
            Rung rung = rung(bench, stage, side, subscribers, (int) pace, flaws);
            tried.add(rung);
            return rung.p99Millis() <= HELD_MILLIS;
        });
        return new Climb(subscribers, held, tried);
    }

    /** At a pace that both sides hold, and then once up to the first one that is not held: what counts is compiled then. */
    private static void warmUp(Bench bench, Stage stage, Side side, int subscribers) {
        WarmUp warmUp = bench.depth().choose(WarmUp.QUICK, WarmUp.FULL);
        int pace = WARM_UP_DELIVERIES / subscribers;
        warmUp.run(millis -> Latencies.live(stage, side, subscribers, pace, RUN_UP_MILLIS, millis));
        new Ladder(pace, HIGHEST_DELIVERIES / subscribers)
                .climb(higher ->
                        Latencies.live(stage, side, subscribers, (int) higher, RUN_UP_MILLIS, warmUp.sliceMillis())
                                        .done()
                                        .requireLatency()
                                        .p99()
                                <= HELD_MILLIS);
    }

    private static Rung rung(Bench bench, Stage stage, Side side, int subscribers, int pace, List<String> flaws) {
        List<Double> p99s = new ArrayList<>();
        Counts counts = Counts.NONE;
        int runs = bench.depth().choose(1, 5);
        for (int i = 0; i < runs; i++) {
            Done done = Latencies.live(
                            stage,
                            side,
                            subscribers,
                            pace,
                            RUN_UP_MILLIS,
                            bench.depth().choose(1_000, 3_000))
                    .done();
            p99s.add(done.requireLatency().p99());
            counts = counts.plus(done.counts());
            if (isDecided(p99s, runs)) {
                break;
            }
        }
        if (!counts.isFlawless()) {
            flaws.add("durable-fanout, " + side + ", " + subscribers + " subscribers at " + pace + "/s: " + counts);
        }
        return new Rung(pace, Statistics.median(p99s, p99 -> p99), p99s);
    }

    /** True once the median of all runs can lie on one side only. */
    private static boolean isDecided(List<Double> p99s, int runs) {
        long held = p99s.stream().filter(p99 -> p99 <= HELD_MILLIS).count();
        return held > runs / 2 || p99s.size() - held > runs / 2;
    }

    private static Plot plot(Climb hundred, Climb native100, Climb thousand) {
        return new Plot.Bars(
                "durable-fanout",
                "Highest pace held on a durable topic, every event in user code",
                "deliveries/s",
                List.of(
                        new Plot.Bar("Millrace, 100", hundred.deliveriesPerSecond()),
                        new Plot.Bar("Kafka's clients, 100", native100.deliveriesPerSecond()),
                        new Plot.Bar("Millrace, 1,000", thousand.deliveriesPerSecond())));
    }

    /** What was measured. */
    private record Figures(Climb millrace100, Climb kafka100, Climb millrace1000) {}

    /** Up the ladder, to the highest pace held. */
    private record Climb(int subscribers, long eventsPerSecond, List<Rung> tried) {
        double deliveriesPerSecond() {
            return (double) subscribers * eventsPerSecond;
        }
    }

    /** One pace. */
    private record Rung(int eventsPerSecond, double p99Millis, List<Double> p99MillisOfRuns) {}
}
