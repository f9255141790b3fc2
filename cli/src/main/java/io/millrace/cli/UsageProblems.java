// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.cli.console.Console;
import io.millrace.cli.exit.ExitCode;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** A command line that cannot be meant: what is wrong, what was meant perhaps, where the help is. */
final class UsageProblems implements IParameterExceptionHandler {
    private final Console console;

    UsageProblems(Console console) {
        this.console = console;
    }

    @Override
    public int handleParseException(ParameterException problem, String[] arguments) {
        String command = problem.getCommandLine().getCommandSpec().qualifiedName();
        console.say("millrace: " + sentence(problem) + suggestion(problem) + "; see '" + command + " --help'");
        return ExitCode.USAGE.code();
    }

    private static String sentence(ParameterException problem) {
        if (problem instanceof UnmatchedArgumentException unmatched) {
            return (isOption(unmatched) ? "unknown option '" : what(unmatched) + " '") + first(unmatched) + "'";
        }
        String message = String.valueOf(problem.getMessage());
        return Character.toLowerCase(message.charAt(0)) + message.substring(1).replaceAll("(?<!\\.)\\.$", "");
    }

    private static String suggestion(ParameterException problem) {
        return problem instanceof UnmatchedArgumentException unmatched
                ? nearest(unmatched)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("")
                : "";
    }

    private static Optional<String> nearest(UnmatchedArgumentException unmatched) {
        CommandLine.Model.CommandSpec spec = unmatched.getCommandLine().getCommandSpec();
        List<String> names = isOption(unmatched)
                ? spec.options().stream()
                        .flatMap(option -> List.of(option.names()).stream())
                        .toList()
                : List.copyOf(spec.subcommands().keySet());
        return NearestName.of(first(unmatched).split("=", 2)[0], names);
    }

    private static String what(UnmatchedArgumentException unmatched) {
        return unmatched.getCommandLine().getSubcommands().isEmpty() ? "unexpected argument" : "unknown command";
    }

    private static boolean isOption(UnmatchedArgumentException unmatched) {
        return first(unmatched).startsWith("-") && first(unmatched).length() > 1;
    }

    private static String first(UnmatchedArgumentException unmatched) {
        return unmatched.getUnmatched().get(0);
    }
}
