// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.Interrupts;
import io.millrace.cli.console.Signals;
import io.millrace.cli.diagnostics.JavaLogging;
import io.millrace.cli.diagnostics.LogFile;
import io.millrace.cli.exit.ExitCode;
import java.util.Arrays;

/** The program {@code millrace}. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        LogFile.choose(commandOf(arguments));
        JavaLogging.toSlf4j();
        Interrupts interrupts = new Interrupts(() -> Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code()));
        Signals.connect(interrupts);
        Console console = Console.ofProcess(interrupts);
        System.exit(CommandTree.of(console).execute(arguments));
    }

    private static String commandOf(String[] arguments) {
        return Arrays.stream(arguments)
                .filter(argument -> argument.matches("[a-z]{1,20}"))
                .findFirst()
                .orElse("millrace");
    }
}
