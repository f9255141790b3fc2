// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;

/** Writes a run as files: {@code README.md} with its plots, and {@code report.json} with everything. */
public final class ReportFiles {
    private ReportFiles() {}

    /** Into a directory, which is made; what an earlier run has written there is replaced. */
    public static void write(Report report, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.json"), report.toJson() + "\n");
        Files.writeString(directory.resolve("README.md"), markdown(report));
        for (Outcome outcome : report.outcomes()) {
            for (Plot plot : outcome.plots()) {
                Files.writeString(directory.resolve(plot.name() + ".svg"), Svg.of(plot));
            }
        }
    }

    static String markdown(Report report) {
        StringJoiner page = new StringJoiner("\n", "", "\n");
        page.add("# Benchmark: " + report.depth().choose("quick run, judged by floors", "full run"));
        page.add("");
        page.add(report.environment().line() + ", " + Math.round(report.seconds()) + " s in all.");
        page.add("Everything measured is in [report.json](report.json).");
        page.add("");
        page.add("| workload | figure | value | " + report.depth().choose("floor", "target") + " | |");
        page.add("|---|---|---:|---:|---|");
        for (Outcome outcome : report.outcomes()) {
            outcome.targets().forEach(target -> page.add(row(outcome.workload(), target)));
        }
        page.add("");
        page.add(
                report.flaws().isEmpty()
                        ? "Every reader received every event once and in order."
                        : "**Wrong:** " + String.join("; ", report.flaws()));
        report.outcomes().stream()
                .flatMap(outcome -> outcome.plots().stream())
                .forEach(plot -> page.add("").add("![" + plot.title() + "](" + plot.name() + ".svg)"));
        return page.toString();
    }

    private static String row(String workload, Target target) {
        return "| %s | `%s` | %s | %s %s | %s |"
                .formatted(
                        workload,
                        target.name(),
                        Svg.number(target.value()),
                        target.bound() == Target.Bound.AT_LEAST ? "≥" : "≤",
                        Svg.number(target.target()),
                        target.met() ? "met" : "**missed**");
    }
}
