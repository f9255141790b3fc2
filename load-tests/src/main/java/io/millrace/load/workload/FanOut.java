// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.fanout.FanOutFigures;
import io.millrace.load.report.Outcome;
import io.millrace.load.report.Plot;
import java.io.IOException;
import java.util.List;

/** Fan-out on the memory log beside a multicast sink. */
final class FanOut implements Workload {
    private static final int JUDGED = 100;

    @Override
    public String name() {
        return "fanout";
    }

    @Override
    public String about() {
        return "memory log, published to over a stream, beside a multicast sink: server CPU per delivery";
    }

    @Override
    public boolean isQuick() {
        return true;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        List<FanOutFigures> figures =
                bench.fanOut().besideSink(bench.depth().choose(List.of(JUDGED), List.of(1, 10, JUDGED)));
        FanOutFigures judged = figures.get(figures.size() - 1);
        return new Outcome(
                name(),
                List.of(bench.atLeast("fan_out_100_cpu_ratio", judged.cpuRatio(), 25, 12)),
                figures,
                List.of(plot(judged)),
                List.of());
    }

    private static Plot plot(FanOutFigures judged) {
        return new Plot.Bars(
                "fanout",
                "Fan-out to 100 subscribers: server CPU per delivery",
                "µs, less is better",
                List.of(
                        new Plot.Bar("Millrace", judged.millrace().cpuMicrosPerDelivery()),
                        new Plot.Bar("multicast sink", judged.baseline().cpuMicrosPerDelivery())));
    }
}
