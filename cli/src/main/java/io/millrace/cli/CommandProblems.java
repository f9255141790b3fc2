// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.OutputClosedException;
import io.millrace.cli.diagnostics.LogFile;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.exit.Failures;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import reactor.core.Exceptions;

/** A command that failed: one line for a person, its exit code, and the log file where there is more to read. */
final class CommandProblems implements IExecutionExceptionHandler {
    private final Console console;
    private final BooleanSupplier verbose;

    CommandProblems(Console console, BooleanSupplier verbose) {
        this.console = console;
        this.verbose = verbose;
    }

    @Override
    public int handleExecutionException(Exception thrown, CommandLine commandLine, ParseResult parsed) {
        if (Exceptions.unwrap(thrown) instanceof OutputClosedException) {
            return ExitCode.OK.code();
        }
        CommandFailure failure = Failures.of(thrown);
        console.say("millrace: " + failure.sentence());
        LogFile.written().ifPresent(file -> console.say("millrace: more is in " + file));
        if (verbose.getAsBoolean()) {
            failure.printStackTrace(console.err());
        }
        return failure.exitCode().code();
    }
}
