// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.cli.console.Console;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.option.ReportOption;
import io.millrace.cli.output.Json;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Which Millrace, on which Java. */
@Command(
        name = "version",
        header = "Show the version.",
        description = "Version of Millrace, and of the Java it runs on.")
final class VersionCommand implements Callable<Integer> {
    @Mixin
    private final ReportOption report = new ReportOption();

    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.out()
                .line(
                        report.isJson()
                                ? Json.object()
                                        .put("version", version())
                                        .put("java", System.getProperty("java.version"))
                                        .put("os", os())
                                        .toString()
                                : "millrace " + version() + " (Java " + System.getProperty("java.version") + ", " + os()
                                        + ")");
        console.out().flush();
        return ExitCode.OK.code();
    }

    /** Written into the jar by the build. */
    static String version() {
        return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
    }

    private static String os() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }
}
