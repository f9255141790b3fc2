// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.topics;

import io.millrace.cli.console.Console;
import io.millrace.cli.output.Json;
import io.millrace.client.Topics;
import io.millrace.core.topic.TopicInfo;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;

/** Lists topics. */
@Command(name = "list", header = "List topics.", description = "Lists the topics in order of name.")
final class ListTopics extends TopicCall {
    @Option(names = "--prefix", paramLabel = "TEXT", defaultValue = "", description = "Only names that begin so.")
    private String prefix = "";

    @Option(names = "--internal", description = "Also Kafka's own topics.")
    private boolean internal;

    ListTopics(Console console) {
        super(console);
    }

    @Override
    void call(Topics topics) {
        List<TopicInfo> found = Objects.requireNonNull(
                topics.list(prefix, internal).collectList().block());
        if (isJson()) {
            ArrayNode json = Json.mapper().createArrayNode();
            found.forEach(topic -> json.add(TopicReport.of(topic)));
            console().out().line(json.toString());
        } else if (found.isEmpty()) {
            console().say("no topics yet; make one with 'millrace topics create NAME'");
        } else {
            table(found);
        }
    }

    private void table(List<TopicInfo> found) {
        int width =
                found.stream().mapToInt(t -> t.name().value().length()).max().orElse(0);
        String row = "%-" + Math.max(4, width) + "s  %10s  %8s";
        console().out().line(String.format(row, "NAME", "PARTITIONS", "REPLICAS"));
        for (TopicInfo topic : found) {
            console().out().line(String.format(row, topic.name(), topic.partitions(), topic.replicationFactor()));
        }
    }
}
