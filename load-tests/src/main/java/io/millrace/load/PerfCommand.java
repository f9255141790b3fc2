// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.fanout.FanOutBenchmark;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Report;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures fan-out, publishing and replay, each beside its alternative, in one run. */
@Command(
        name = "perf",
        description = "Measures fan-out, durable publishing and replay, each beside its alternative.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every target was met", "1:the run failed", "2:usage", "8:a target was missed"})
final class PerfCommand implements Callable<Integer> {
    private static final int MISSED = 8;

    enum Output {
        TABLE,
        JSON
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Option(names = "--quick", description = "Short windows: about three minutes in all.")
    boolean quick;

    @Option(
            names = {"-o", "--output"},
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "TABLE")
    Output output = Output.TABLE;

    @Override
    public Integer call() throws IOException {
        PerfSettings settings = quick ? PerfSettings.quick() : PerfSettings.full();
        Environment environment = Environment.here(FanOutBenchmark.serverOptions());
        PerfResult result = PerfResult.measure(settings, Progress.onStandardError());
        Report report = new Report(environment, settings, result.targets(settings), result);
        spec.commandLine().getOut().println(output == Output.JSON ? report.toJson() : PerfTable.of(report, result));
        return exitCode(report);
    }

    static int exitCode(Report report) {
        return report.allMet() ? CommandLine.ExitCode.OK : MISSED;
    }
}
