// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.Interrupts;
import io.millrace.cli.console.Signals;
import io.millrace.cli.diagnostics.JavaLogging;
import io.millrace.cli.diagnostics.LogFile;
import io.millrace.cli.exit.ExitCode;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** The program {@code millrace}. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        LogFile.choose(commandOf(arguments));
        JavaLogging.toSlf4j();
        Interrupts interrupts = new Interrupts(new EndAtOnce());
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

    /** Ends the process with what was begun put away (shutdown hooks); asked again, without. */
    private static final class EndAtOnce implements Runnable {
        private final AtomicBoolean asked = new AtomicBoolean();

        @Override
        public void run() {
            if (asked.getAndSet(true)) {
                Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
            }
            new Thread(() -> System.exit(ExitCode.INTERRUPTED.code()), "interrupted").start();
        }
    }
}
