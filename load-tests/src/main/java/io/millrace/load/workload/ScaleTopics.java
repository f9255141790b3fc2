// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.process.ChildJvm;
import io.millrace.load.process.ServeOptions;
import io.millrace.load.report.Outcome;
import io.millrace.load.report.Plot;
import io.millrace.load.report.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What topics cost that nobody uses. */
final class ScaleTopics implements Workload {
    private static final int FEW = TopicsMain.IN_USE;
    private static final int MANY = 10_000;
    private static final double MIB = 1 << 20;

    @Override
    public String name() {
        return "scale-topics";
    }

    @Override
    public String about() {
        return "memory log with 10,000 topics of which 100 are in use, beside one with those 100: heap of the broker";
    }

    @Override
    public boolean isQuick() {
        return true;
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int count = bench.depth().choose(1, 5);
        bench.say("scale-topics: %,d topics beside %,d, %d pairs".formatted(MANY, FEW, count));
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(pair());
        }
        double ratio = Statistics.median(pairs, pair -> pair.manyMib() / pair.fewMib());
        return new Outcome(
                name(),
                List.of(bench.atMost("memory_topics_heap_ratio", ratio, 1.2, 1.5)),
                pairs,
                List.of(new Plot.Bars(
                        "scale-topics",
                        "Heap of a broker over the memory log, 100 topics in use",
                        "MiB, less is better",
                        List.of(
                                new Plot.Bar("10,000 topics", Statistics.median(pairs, Pair::manyMib)),
                                new Plot.Bar("100 topics", Statistics.median(pairs, Pair::fewMib))))),
                List.of());
    }

    /** Both at the same time: how long they take is not what counts. */
    private static Pair pair() throws IOException {
        try (ChildJvm many = broker(MANY);
                ChildJvm few = broker(FEW)) {
            return new Pair(heapMib(many), heapMib(few));
        }
    }

    private static ChildJvm broker(int topics) throws IOException {
        return ChildJvm.start(ServeOptions.all(), TopicsMain.class, Integer.toString(topics));
    }

    private static double heapMib(ChildJvm broker) {
        return Long.parseLong(broker.hear()) / MIB;
    }

    /** Heap in use after garbage collection. */
    private record Pair(double manyMib, double fewMib) {}
}
