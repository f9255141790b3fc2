// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.report.Statistics;
import io.millrace.load.stage.Counts;
import io.millrace.load.stage.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Two ways to do the same work, one after the other, several times.
 *
 * @param list in order
 */
record Pairs(List<Pair> list) {
    /** Copies the list. */
    Pairs {
        list = List.copyOf(list);
    }

    /** Measures A B A B. */
    static Pairs measure(int count, Supplier<Measurement> ours, Supplier<Measurement> theirs) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(new Pair(ours.get(), theirs.get()));
        }
        return new Pairs(pairs);
    }

    /** The median of a figure of each side's runs. */
    double ours(ToDoubleFunction<Measurement> figure) {
        return Statistics.median(list, pair -> figure.applyAsDouble(pair.ours()));
    }

    /** The same of the other side. */
    double theirs(ToDoubleFunction<Measurement> figure) {
        return Statistics.median(list, pair -> figure.applyAsDouble(pair.theirs()));
    }

    /** Ours over theirs: the median of the pairs' ratios. */
    double ratio(ToDoubleFunction<Measurement> figure) {
        return Statistics.median(list, pair -> figure.applyAsDouble(pair.ours()) / figure.applyAsDouble(pair.theirs()));
    }

    /** What was wrong, by side, in words. */
    List<String> flaws(String workload) {
        List<String> flaws = new ArrayList<>();
        addFlaws(flaws, workload + ", Millrace", list.stream().map(Pair::ours).toList());
        addFlaws(
                flaws,
                workload + ", the other side",
                list.stream().map(Pair::theirs).toList());
        return flaws;
    }

    private static void addFlaws(List<String> flaws, String where, List<Measurement> runs) {
        Counts counts = runs.stream().map(run -> run.done().counts()).reduce(Counts.NONE, Counts::plus);
        if (!counts.isFlawless()) {
            flaws.add(where + ": " + counts);
        }
    }

    /** One run of each, one after the other. */
    record Pair(Measurement ours, Measurement theirs) {}
}
