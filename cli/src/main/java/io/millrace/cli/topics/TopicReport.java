// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.topics;

import io.millrace.cli.output.Json;
import io.millrace.client.TopicStats;
import io.millrace.core.topic.TopicInfo;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Topics for programs. */
final class TopicReport {
    private TopicReport() {}

    static ObjectNode of(TopicInfo topic) {
        ObjectNode json = Json.object()
                .put("name", topic.name().value())
                .put("partitions", topic.partitions())
                .put("replication_factor", topic.replicationFactor())
                .put("uid", topic.uid());
        ObjectNode config = json.putObject("config");
        new TreeMap<>(topic.config()).forEach(config::put);
        return json;
    }

    static ObjectNode of(TopicInfo topic, TopicStats stats) {
        ObjectNode json = of(topic);
        json.put("subscribers", stats.subscribers());
        ArrayNode partitions = json.putArray("offsets");
        for (TopicStats.Partition partition : stats.partitions()) {
            partitions
                    .addObject()
                    .put("partition", partition.partition())
                    .put("earliest", partition.earliestOffset())
                    .put("end", partition.endOffset());
        }
        return json;
    }
}
