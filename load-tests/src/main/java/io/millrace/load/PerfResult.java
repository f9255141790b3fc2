// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.durable.DurableBenchmark;
import io.millrace.load.durable.DurableFigures;
import io.millrace.load.fanout.FanOutBenchmark;
import io.millrace.load.fanout.FanOutFigures;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.util.List;

/**
 * What was measured in one run.
 *
 * @param fanOut fan-out, by number of subscribers
 * @param durable publishing and replay on a durable node
 */
record PerfResult(List<FanOutFigures> fanOut, DurableFigures durable) {
    private static final int TARGET_SUBSCRIBERS = 100;

    /** Measures one after the other. Blocks for minutes. */
    static PerfResult measure(PerfSettings settings, Progress progress) throws IOException {
        return new PerfResult(
                new FanOutBenchmark(settings.fanOut(), progress).run(),
                new DurableBenchmark(settings.durable(), progress).run());
    }

    List<Target> targets(PerfSettings settings) {
        return List.of(
                new Target("fan_out_100_cpu_ratio", fanOutCpuRatio(), settings.fanOutCpuRatio()),
                new Target("publish_ratio", durable.publish().ratio(), settings.publishRatio()),
                new Target("replay_ratio", durable.replay().ratio(), settings.replayRatio()));
    }

    private double fanOutCpuRatio() {
        return fanOut.stream()
                .filter(figures -> figures.subscribers() == TARGET_SUBSCRIBERS)
                .mapToDouble(FanOutFigures::cpuRatio)
                .findFirst()
                .orElse(Double.NaN);
    }
}
