// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.cli.console.Console;
import io.millrace.cli.demo.DemoCommand;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.option.Converters;
import io.millrace.cli.publish.PublishCommand;
import io.millrace.cli.replay.ReplayCommand;
import io.millrace.cli.serve.ServeCommand;
import io.millrace.cli.subscribe.SubscribeCommand;
import io.millrace.cli.topics.TopicsCommand;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Every command, put together. */
final class CommandTree {
    private CommandTree() {}

    /** The command line of a console. One use per call of the program. */
    static CommandLine of(Console console) {
        MillraceCommand root = new MillraceCommand(console);
        CommandLine commandLine = new CommandLine(root)
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(new ServeCommand(console))
                .addSubcommand(new PublishCommand(console))
                .addSubcommand(new SubscribeCommand(console))
                .addSubcommand(new ReplayCommand(console))
                .addSubcommand(TopicsCommand.tree(console))
                .addSubcommand(new VersionCommand(console));
        Converters.register(commandLine);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .setOut(new PrintWriter(new OutputStreamWriter(console.out().asStream(), StandardCharsets.UTF_8), true))
                .setErr(new PrintWriter(console.err(), true))
                .setParameterExceptionHandler(new UsageProblems(console))
                .setExecutionExceptionHandler(new CommandProblems(console, root::verbose))
                .setExecutionStrategy(new CommandLine.RunLast())
                .setExitCodeExceptionMapper(failure -> ExitCode.FAILURE.code());
    }
}
