// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.topics;

import io.millrace.cli.console.Console;
import io.millrace.cli.output.Json;
import io.millrace.client.Topics;
import io.millrace.core.topic.TopicName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Removes a topic. */
@Command(
        name = "delete",
        header = "Delete a topic and its events.",
        description = "Removes a topic and its events for good, without asking.")
final class DeleteTopic extends TopicCall {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private TopicName name;

    DeleteTopic(Console console) {
        super(console);
    }

    @Override
    void call(Topics topics) {
        topics.delete(name).block();
        if (isJson()) {
            console().out().line(Json.object().put("deleted", name.value()).toString());
        } else {
            console().say("deleted topic " + name);
        }
    }
}
