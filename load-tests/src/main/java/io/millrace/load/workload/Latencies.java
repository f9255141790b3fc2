// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.report.Outcome;
import io.millrace.load.report.Plot;
import io.millrace.load.report.Target;
import io.millrace.load.stage.Latency;
import io.millrace.load.stage.Measurement;
import io.millrace.load.stage.Side;
import io.millrace.load.stage.Stage;
import io.millrace.load.stage.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How late events arrive at a pace, beside Kafka's own clients. */
final class Latencies implements Workload {
    private static final int RUN_UP_MILLIS = 500;

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String about() {
        return "durable topic, paced: 500 events/s to 100 subscribers, 5,000 events/s to one, beside Kafka's clients";
    }

    @Override
    public boolean isQuick() {
        return true;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        Stage stage = bench.stage();
        Pairs hundred = pairs(bench, stage, 100, 500);
        Pairs one = pairs(bench, stage, 1, 5_000);
        List<Target> targets = List.of(
                bench.atMost("latency_100_p50_ratio", p50(hundred), 0.1, 0.5),
                bench.atMost("latency_100_p99_ratio", p99(hundred), 0.1, 0.7),
                bench.atMost("end_to_end_p50_ratio", p50(one), 1, 3),
                bench.atMost("end_to_end_p99_ratio", p99(one), 1, 5));
        List<String> flaws = new ArrayList<>(hundred.flaws("latency, 100 subscribers"));
        flaws.addAll(one.flaws("latency, one subscriber"));
        return new Outcome(
                name(),
                targets,
                new Figures(hundred, one),
                List.of(
                        plot("latency-100", "500 events/s to 100 subscribers", hundred),
                        plot("latency-1", "5,000 events/s to one subscriber", one)),
                flaws);
    }

    private static Pairs pairs(Bench bench, Stage stage, int subscribers, int eventsPerSecond) {
        int count = bench.depth().choose(3, 5);
        bench.say("latency: %,d events/s to %,d subscribers, %d pairs".formatted(eventsPerSecond, subscribers, count));
        WarmUp warmUp = bench.depth().choose(WarmUp.QUICK, WarmUp.FULL);
        int windowMillis = bench.depth().choose(800, 5_000);
        for (Side side : Side.values()) {
            warmUp.run(millis -> live(stage, side, subscribers, eventsPerSecond, RUN_UP_MILLIS, millis));
        }
        return Pairs.measure(
                count,
                () -> live(stage, Side.MILLRACE, subscribers, eventsPerSecond, RUN_UP_MILLIS, windowMillis),
                () -> live(stage, Side.KAFKA, subscribers, eventsPerSecond, RUN_UP_MILLIS, windowMillis));
    }

    static Measurement live(
            Stage stage, Side side, int subscribers, int eventsPerSecond, int runUpMillis, int windowMillis) {
        String topic = stage.storage().create();
        Work work = new Work.Live(topic, 0, subscribers, eventsPerSecond, runUpMillis, windowMillis);
        Measurement measured = stage.run(side, work);
        stage.storage().delete(topic);
        return measured;
    }

    private static double p50(Pairs pairs) {
        return pairs.ratio(run -> run.done().requireLatency().p50());
    }

    private static double p99(Pairs pairs) {
        return pairs.ratio(run -> run.done().requireLatency().p99());
    }

    /** The median of the runs at each percentile. */
    private static Plot plot(String name, String title, Pairs pairs) {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int i = 0; i < Latency.PERCENTILES.size(); i++) {
            int at = i;
            ours.add(pairs.ours(run -> run.done().requireLatency().millis().get(at)));
            theirs.add(pairs.theirs(run -> run.done().requireLatency().millis().get(at)));
        }
        return new Plot.Curves(
                name,
                "Latency from the due time, " + title,
                Latency.PERCENTILES.stream().map(Latencies::label).toList(),
                "ms by percentile",
                List.of(new Plot.Curve("Millrace", ours), new Plot.Curve("Kafka's clients", theirs)));
    }

    private static String label(double percentile) {
        return percentile == 100 ? "max" : "p" + (percentile % 1 == 0 ? (int) percentile + "" : percentile + "");
    }

    /** What was measured. */
    private record Figures(Pairs hundredSubscribers, Pairs oneSubscriber) {}
}
