// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.process.ServeOptions;
import io.millrace.load.report.Depth;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Outcome;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Report;
import io.millrace.load.report.ReportFiles;
import io.millrace.load.report.Screen;
import io.millrace.load.workload.Bench;
import io.millrace.load.workload.Workload;
import io.millrace.load.workload.Workloads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs workloads, each beside its alternative, in one run. */
@Command(
        name = "perf",
        description = "Measures Millrace beside what one would use instead, in pairs.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every target was met",
            "1:the run failed, or a reader received something wrong",
            "2:usage",
            "8:a target was missed"
        })
final class PerfCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(PerfCommand.class);
    private static final int MISSED = 8;

    enum Output {
        TABLE,
        JSON
    }

    /** Names for completion and help. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Names() {
            super(Workloads.names());
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Parameters(
            paramLabel = "WORKLOAD",
            arity = "0..*",
            completionCandidates = Names.class,
            description = "Of ${COMPLETION-CANDIDATES}. Default: all; with --quick, those that fit into three minutes.")
    List<String> names = List.of();

    @Option(names = "--quick", description = "Short windows, judged by floors.")
    boolean quick;

    @Option(
            names = {"-o", "--output"},
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "TABLE")
    Output output = Output.TABLE;

    @Option(names = "--report", paramLabel = "DIR", description = "Write a page with plots there too, and the JSON.")
    @Nullable
    Path reportDirectory;

    @Override
    public Integer call() throws IOException {
        Report report = measure(workloads(), quick ? Depth.QUICK : Depth.FULL);
        if (reportDirectory != null) {
            ReportFiles.write(report, reportDirectory);
        }
        spec.commandLine().getOut().println(output == Output.JSON ? report.toJson() : Screen.of(report));
        return exitCode(report);
    }

    private List<Workload> workloads() {
        for (String name : names) {
            if (!Workloads.names().contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "there is no workload '" + name + "'; choose of " + String.join(", ", Workloads.names()));
            }
        }
        return Workloads.ALL.stream()
                .filter(workload -> names.isEmpty() ? !quick || workload.isQuick() : names.contains(workload.name()))
                .toList();
    }

    private static Report measure(List<Workload> workloads, Depth depth) {
        long startNanos = System.nanoTime();
        Environment environment = Environment.here(ServeOptions.all());
        List<Outcome> outcomes = new ArrayList<>();
        try (Bench bench = new Bench(depth, Progress.onStandardError())) {
            for (Workload workload : workloads) {
                outcomes.add(run(workload, bench));
            }
        }
        return new Report(environment, depth, (System.nanoTime() - startNanos) / 1e9, outcomes);
    }

    /** What fails is a flaw of the report; the other workloads have taken too long to be thrown away. */
    static Outcome run(Workload workload, Bench bench) {
        try {
            return workload.run(bench);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} failed", workload.name(), e);
            return new Outcome(workload.name(), List.of(), List.of(), List.of(), List.of(workload.name() + ": " + e));
        }
    }

    static int exitCode(Report report) {
        if (!report.flaws().isEmpty()) {
            return CommandLine.ExitCode.SOFTWARE;
        }
        return report.allMet() ? CommandLine.ExitCode.OK : MISSED;
    }
}
