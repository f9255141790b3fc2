// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.badinput.BadInput;
import io.millrace.load.badinput.BadInputReport;
import io.millrace.load.badinput.BadInputSettings;
import io.millrace.load.process.ServeOptions;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends what no client of ours would send. */
@Command(
        name = "bad-input",
        description = "Sends bad input to a broker beside a client that behaves.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every answer was documented, nothing was left behind, and the client that behaves kept its rate",
            "1:the run failed",
            "2:usage",
            "8:a target was missed"
        })
final class BadInputCommand implements Callable<Integer> {
    private static final int MISSED = 8;
    private static final char SCRIPT = 's';

    enum Output {
        TABLE,
        JSON
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Option(
            names = "--inputs",
            paramLabel = "N",
            description = "Structured inputs. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1000000")
    long inputs;

    @Option(
            names = "--scripts",
            paramLabel = "N",
            description = "Raw HTTP/2 scripts. Default: ${DEFAULT-VALUE}.",
            defaultValue = "100000")
    long scripts;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Other bad input for another seed. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    long seed;

    @Option(
            names = "--only",
            paramLabel = "INDEX",
            description = "Repeats one input of the seed, or one script: s7 is the one with the index 7.")
    @Nullable
    String only;

    @Option(
            names = {"-o", "--output"},
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "TABLE")
    Output output = Output.TABLE;

    @Option(names = "--report", paramLabel = "DIR", description = "Write a page there too, and the JSON.")
    @Nullable
    Path reportDirectory;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (only != null) {
            spec.commandLine().getOut().println(repeat(only));
            return CommandLine.ExitCode.OK;
        }
        if (inputs < 0 || scripts < 0) {
            throw new ParameterException(spec.commandLine(), "--inputs and --scripts are numbers of 0 or more");
        }
        BadInputReport report = BadInput.run(BadInputSettings.of(inputs, scripts, seed), Progress.onStandardError());
        if (reportDirectory != null) {
            report.write(reportDirectory, Environment.here(ServeOptions.all()));
        }
        spec.commandLine().getOut().println(output == Output.JSON ? report.toJson() : report.toText());
        return exitCode(report);
    }

    static int exitCode(BadInputReport report) {
        return report.allMet() ? CommandLine.ExitCode.OK : MISSED;
    }

    private String repeat(String index) throws IOException, InterruptedException {
        boolean isScript = !index.isEmpty() && index.charAt(0) == SCRIPT;
        long number = number(isScript ? index.substring(1) : index);
        return isScript ? BadInput.repeatScript(seed, number) : BadInput.repeatInput(seed, number);
    }

    private long number(String index) {
        try {
            return Long.parseLong(index);
        } catch (NumberFormatException e) {
            throw new ParameterException(
                    spec.commandLine(), "--only is the index of an input, such as 7, or of a script, such as s7", e);
        }
    }
}
