// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.fanout.FanOutBenchmark;
import io.millrace.load.fanout.FanOutSettings;
import io.millrace.load.report.Depth;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import io.millrace.load.stage.Stage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the workloads of a run share: its depth, and processes that one has started and warmed for the next. */
public final class Bench implements AutoCloseable {
    private final Depth depth;
    private final Progress progress;
    private @Nullable FanOutBenchmark fanOut;
    private @Nullable Stage stage;

    /** Nothing runs yet. */
    public Bench(Depth depth, Progress progress) {
        this.depth = depth;
        this.progress = progress;
    }

    Depth depth() {
        return depth;
    }

    void say(String line) {
        progress.say(line);
    }

    /** Millrace over the memory log. */
    FanOutBenchmark fanOut() throws IOException {
        if (fanOut == null) {
            fanOut = FanOutBenchmark.start(depth.choose(FanOutSettings.quick(), FanOutSettings.full()), progress);
        }
        return fanOut;
    }

    /** Millrace and Kafka's clients over a durable node. Ends what runs beside it, so that the machine is its own. */
    Stage stage() throws IOException {
        if (fanOut != null) {
            fanOut.close();
            fanOut = null;
        }
        if (stage == null) {
            say("durable: starting a Kafka node, a broker and clients");
            stage = Stage.open();
        }
        return stage;
    }

    /** A target where more is better; a quick run is held against the floor. */
    Target atLeast(String name, double value, double target, double floor) {
        return Target.atLeast(name, value, depth.choose(floor, target));
    }

    /** A target where less is better; a quick run is held against the floor, which is the larger one here. */
    Target atMost(String name, double value, double target, double floor) {
        return Target.atMost(name, value, depth.choose(floor, target));
    }

    @Override
    public void close() {
        if (fanOut != null) {
            fanOut.close();
        }
        if (stage != null) {
            stage.close();
        }
    }
}
