// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.load.report.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Measures fan-out from Millrace and from the baseline in pairs: both servers stay up and warm, one is driven while the
 * other idles, and then they change places.
 */
public final class FanOutBenchmark {
    private final FanOutSettings settings;
    private final Progress progress;

    /** Not begun. */
    public FanOutBenchmark(FanOutSettings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Options of the Java virtual machines that the servers run in. */
    public static List<String> serverOptions() {
        return ServerProcess.JVM_OPTIONS;
    }

    /** Starts both servers, measures each number of subscribers and stops them. Blocks for as long as settings say. */
    public List<FanOutFigures> run() throws IOException {
        try (ServerProcess millrace = ServerProcess.start(Contestant.MILLRACE);
                ServerProcess baseline = ServerProcess.start(Contestant.BASELINE)) {
            warmUp(millrace, baseline);
            List<FanOutFigures> figures = new ArrayList<>();
            for (int subscribers : settings.subscribers()) {
                figures.add(measure(millrace, baseline, subscribers));
            }
            return figures;
        }
    }

    private void warmUp(ServerProcess millrace, ServerProcess baseline) {
        int subscribers = Collections.max(settings.subscribers());
        progress.say("fan-out: warming both servers up with %d subscribers, %d s each"
                .formatted(subscribers, settings.warmUp().toSeconds()));
        try (Drive ours = drive(Contestant.MILLRACE, millrace, subscribers);
                Drive theirs = drive(Contestant.BASELINE, baseline, subscribers)) {
            ours.warmUp(settings.warmUp());
            theirs.warmUp(settings.warmUp());
        }
    }

    private FanOutFigures measure(ServerProcess millrace, ServerProcess baseline, int subscribers) {
        progress.say("fan-out: %d subscribers, %d pairs".formatted(subscribers, settings.pairs()));
        try (Drive ours = drive(Contestant.MILLRACE, millrace, subscribers);
                Drive theirs = drive(Contestant.BASELINE, baseline, subscribers)) {
            ours.run(Duration.ZERO, settings.settling());
            theirs.run(Duration.ZERO, settings.settling());
            List<FanOutFigures.Pair> pairs = new ArrayList<>();
            for (int i = 0; i < settings.pairs(); i++) {
                pairs.add(FanOutFigures.Pair.of(
                        ours.run(settings.runUp(), settings.window()),
                        theirs.run(settings.runUp(), settings.window())));
            }
            return FanOutFigures.of(subscribers, pairs, ours.fellBehind());
        }
    }

    private static Drive drive(Contestant contestant, ServerProcess server, int subscribers) {
        return Drive.of(contestant, server, subscribers, server::cpuTime);
    }
}
