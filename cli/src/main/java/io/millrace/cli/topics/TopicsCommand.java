// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.topics;

import io.millrace.cli.console.Console;
import io.millrace.cli.exit.CommandFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The parent of the commands for topics. */
@Command(
        name = "topics",
        header = "List, create, describe and delete topics.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace topics create orders --partitions 4",
            "  millrace topics describe orders -o json",
        })
public final class TopicsCommand implements Callable<Integer> {
    private TopicsCommand() {}

    /** This command with its sub-commands. */
    public static CommandLine tree(Console console) {
        return new CommandLine(new TopicsCommand())
                .addSubcommand(new ListTopics(console))
                .addSubcommand(new CreateTopic(console))
                .addSubcommand(new DescribeTopic(console))
                .addSubcommand(new DeleteTopic(console));
    }

    @Override
    public Integer call() {
        throw CommandFailure.usage("say what to do with topics: list, create, describe or delete");
    }
}
