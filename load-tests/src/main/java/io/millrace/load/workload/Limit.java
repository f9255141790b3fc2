// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.fanout.FanOutFigures;
import io.millrace.load.report.Outcome;
import io.millrace.load.report.Plot;
import java.io.IOException;
import java.util.List;

/** Fan-out on the memory log beside what the loopback can carry at all. */
final class Limit implements Workload {
    private static final int SUBSCRIBERS = 100;

    @Override
    public String name() {
        return "limit";
    }

    @Override
    public String about() {
        return "the same fan-out beside the same frames over plain TCP: deliveries a second";
    }

    @Override
    public boolean isQuick() {
        return true;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        FanOutFigures figures = bench.fanOut().besidePump(SUBSCRIBERS);
        return new Outcome(
                name(),
                List.of(bench.atLeast("fan_out_100_of_tcp", figures.rateRatio(), 0.25, 0.1)),
                figures,
                List.of(new Plot.Bars(
                        "limit",
                        "Fan-out to 100 subscribers beside the limit of the loopback",
                        "deliveries/s",
                        List.of(
                                new Plot.Bar("Millrace", figures.millrace().deliveriesPerSecond()),
                                new Plot.Bar("plain TCP", figures.baseline().deliveriesPerSecond())))),
                List.of());
    }
}
