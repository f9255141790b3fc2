// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code load-tests/run}. */
@Command(
        name = "load-tests/run",
        description = "Measures Millrace, makes things go wrong for it, and sends it what no client should.",
        mixinStandardHelpOptions = true,
        subcommands = {PerfCommand.class, FaultsCommand.class, BadInputCommand.class, FuzzCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    }
}
