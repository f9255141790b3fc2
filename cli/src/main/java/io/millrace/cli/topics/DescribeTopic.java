// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.topics;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.DataOut;
import io.millrace.client.TopicStats;
import io.millrace.client.Topics;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import java.util.Objects;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows one topic. */
@Command(
        name = "describe",
        header = "Describe a topic.",
        description = "Settings of a topic, what each partition holds, and how many read it on this server.")
final class DescribeTopic extends TopicCall {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private TopicName name;

    DescribeTopic(Console console) {
        super(console);
    }

    @Override
    void call(Topics topics) {
        TopicInfo topic = Objects.requireNonNull(topics.get(name).block());
        TopicStats stats = Objects.requireNonNull(topics.stats(name).block());
        if (isJson()) {
            console().out().line(TopicReport.of(topic, stats).toString());
        } else {
            table(topic, stats);
        }
    }

    private void table(TopicInfo topic, TopicStats stats) {
        DataOut out = console().out();
        out.line("name         " + topic.name());
        out.line("partitions   " + topic.partitions());
        out.line("replicas     " + topic.replicationFactor());
        out.line("subscribers  " + stats.subscribers() + " on this server");
        new TreeMap<>(topic.config()).forEach((setting, value) -> out.line("config       " + setting + "=" + value));
        String row = "%-9s  %14s  %14s  %14s";
        out.line("").line(String.format(row, "PARTITION", "EARLIEST", "END", "EVENTS"));
        for (TopicStats.Partition p : stats.partitions()) {
            out.line(String.format(
                    row, p.partition(), p.earliestOffset(), p.endOffset(), p.endOffset() - p.earliestOffset()));
        }
    }
}
