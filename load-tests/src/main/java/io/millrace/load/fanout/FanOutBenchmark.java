// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.load.report.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Fan-out over the memory log beside others, in pairs: all servers stay up and warm, one is driven while the others
 * idle, and then they change places. Owned by one thread; every measurement blocks for as long as the settings say.
 */
public final class FanOutBenchmark implements AutoCloseable {
    private static final int PUMP_CONNECTIONS = 4;

    private final FanOutSettings settings;
    private final Progress progress;
    private final Contender millrace;

    private FanOutBenchmark(FanOutSettings settings, Progress progress, Contender millrace) {
        this.settings = settings;
        this.progress = progress;
        this.millrace = millrace;
    }

    /** Starts Millrace's server and warms it up. */
    public static FanOutBenchmark start(FanOutSettings settings, Progress progress) throws IOException {
        FanOutBenchmark benchmark = new FanOutBenchmark(settings, progress, Contender.start(Contestant.MILLRACE));
        benchmark.warmUp(benchmark.millrace, settings.warmUpSubscribers());
        return benchmark;
    }

    /** Beside a multicast sink, for each number of subscribers. */
    public List<FanOutFigures> besideSink(List<Integer> numbersOfSubscribers) throws IOException {
        try (Contender sink = Contender.start(Contestant.BASELINE)) {
            warmUp(sink, settings.warmUpSubscribers());
            List<FanOutFigures> figures = new ArrayList<>();
            for (int subscribers : numbersOfSubscribers) {
                try (Drive ours = Drive.of(millrace, subscribers);
                        Drive theirs = Drive.of(sink, subscribers)) {
                    figures.add(race("a multicast sink", subscribers, settings.pairs(), ours, theirs));
                }
            }
            return figures;
        }
    }

    /** Beside the limit of the machine. */
    public FanOutFigures besidePump(int subscribers) throws IOException {
        try (Drive ours = Drive.of(millrace, subscribers);
                Pump pump = Pump.start(PUMP_CONNECTIONS)) {
            return race("plain TCP", subscribers, settings.limitPairs(), ours, pump);
        }
    }

    /** As it is with many subscribers beside as it is with few, each in a process of its own. */
    public ScaleFigures scale(int few, int many) throws IOException {
        try (Contender other = Contender.start(Contestant.MILLRACE)) {
            warmUp(other, many);
            try (Drive manySubscribers = Drive.of(other, many);
                    Drive fewSubscribers = Drive.of(millrace, few)) {
                FanOutFigures figures =
                        race("itself with %,d".formatted(few), many, settings.pairs(), manySubscribers, fewSubscribers);
                return new ScaleFigures(few, figures, other.usage().get().residentBytes());
            }
        }
    }

    private void warmUp(Contender contender, int subscribers) {
        progress.say("fan-out: warming %s up with %,d subscribers, %d s of CPU time"
                .formatted(
                        contender.contestant(), subscribers, settings.warmUp().toSeconds()));
        try (Drive drive = Drive.of(contender, subscribers)) {
            drive.warmUp(settings.warmUp());
        }
    }

    private FanOutFigures race(String rival, int subscribers, int count, Drive ours, Racer theirs) {
        progress.say("fan-out: %,d subscribers beside %s, %d pairs".formatted(subscribers, rival, count));
        ours.run(Duration.ZERO, settings.settling());
        theirs.run(Duration.ZERO, settings.settling());
        List<FanOutFigures.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(FanOutFigures.Pair.of(
                    ours.run(settings.runUp(), settings.window()), theirs.run(settings.runUp(), settings.window())));
        }
        return FanOutFigures.of(subscribers, pairs, ours.fellBehind());
    }

    @Override
    public void close() {
        millrace.close();
    }
}
