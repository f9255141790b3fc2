// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.topic;

import java.util.Map;

/**
 * A topic to be made.
 *
 * @param name its name
 * @param partitions how many; 0 for the default, 1
 * @param replicationFactor copies of each partition; 0 for the log's default
 * @param config Kafka topic settings by Kafka's names
 */
public record TopicSpec(TopicName name, int partitions, int replicationFactor, Map<String, String> config) {
    /** Checks the numbers and copies the settings. */
    public TopicSpec {
        if (partitions < 0 || replicationFactor < 0) {
            throw new IllegalArgumentException("partitions and replication factor are 0 (the default) or more");
        }
        config = Map.copyOf(config);
    }

    /** A topic with the defaults. */
    public static TopicSpec of(TopicName name) {
        return new TopicSpec(name, 0, 0, Map.of());
    }

    /** The same with this many partitions. */
    public TopicSpec withPartitions(int count) {
        return new TopicSpec(name, count, replicationFactor, config);
    }
}
