// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.topics;

import io.millrace.cli.console.Console;
import io.millrace.client.Topics;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a topic. */
@Command(name = "create", header = "Create a topic.", description = "Makes a topic; one that exists is an error.")
final class CreateTopic extends TopicCall {
    @Parameters(paramLabel = "TOPIC", description = "1 to 249 of a-z A-Z 0-9 . _ -")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private TopicName name;

    @Option(names = "--partitions", paramLabel = "N", defaultValue = "1", description = "Partitions. Default: 1.")
    private int partitions = 1;

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            defaultValue = "0",
            description = "Copies. Default: the server's (1 on the embedded Kafka, 3 on clusters).")
    private int replicationFactor;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "NAME=VALUE",
            description =
                    "A topic setting of Kafka, for example retention.ms=60000, or millrace.integrity=strict, which withholds"
                            + " events whose checksum is wrong; repeatable.")
    private Map<String, String> config = new LinkedHashMap<>();

    CreateTopic(Console console) {
        super(console);
    }

    @Override
    void call(Topics topics) {
        TopicSpec spec = new TopicSpec(name, partitions, replicationFactor, config);
        TopicInfo made = Objects.requireNonNull(topics.create(spec).block());
        if (isJson()) {
            console().out().line(TopicReport.of(made).toString());
        } else {
            console().say("created topic " + made.name() + " with " + counted(made.partitions()));
        }
    }

    private static String counted(int partitions) {
        return partitions == 1 ? "1 partition" : partitions + " partitions";
    }
}
