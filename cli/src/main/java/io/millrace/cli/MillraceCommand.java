// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.cli.console.Console;
import io.millrace.cli.exit.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a sub-command: says what there is. */
@Command(
        name = "millrace",
        header = "Live event streams over gRPC, with backpressure from end to end; Kafka keeps them.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace demo                                        see it work and prove it",
            "  millrace serve                                       a server that stays, its log on disk",
            "  seq 1 10 | millrace publish numbers --create         ten events, one per line",
            "  millrace subscribe numbers --from beginning          all of them, then what comes",
            "",
            "Data goes to standard output, everything else to standard error. docs/exit-codes.md lists the exit codes."
        })
final class MillraceCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of a failure.")
    private boolean verbose;

    private final Console console;

    MillraceCommand(Console console) {
        this.console = console;
    }

    boolean verbose() {
        return verbose;
    }

    @Override
    public Integer call() {
        CommandLine commandLine = spec.commandLine();
        commandLine.usage(console.err());
        return ExitCode.USAGE.code();
    }
}
