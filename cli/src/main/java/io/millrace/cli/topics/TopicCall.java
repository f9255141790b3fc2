// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.topics;

import io.millrace.cli.connect.Connections;
import io.millrace.cli.console.Console;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.option.EndpointOptions;
import io.millrace.cli.option.ReportOption;
import io.millrace.client.MillraceConnection;
import io.millrace.client.Topics;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What every command for topics does: connect, call, report, and let go of the connection. */
abstract class TopicCall implements Callable<Integer> {
    @Mixin
    private final EndpointOptions endpoint = new EndpointOptions();

    @Mixin
    private final ReportOption report = new ReportOption();

    private final Console console;

    TopicCall(Console console) {
        this.console = console;
    }

    @Override
    public final Integer call() {
        try (MillraceConnection connection = Connections.open(endpoint)) {
            call(connection.topics());
        }
        console.out().flush();
        return ExitCode.OK.code();
    }

    /** Makes the call and writes what came of it. */
    abstract void call(Topics topics);

    final Console console() {
        return console;
    }

    final boolean isJson() {
        return report.isJson();
    }
}
