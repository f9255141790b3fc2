// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.topic;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A topic as it is.
 *
 * @param name its name
 * @param uid tells this topic from a later one of the same name
 * @param partitions how many
 * @param replicationFactor copies of each partition
 * @param config the settings that differ from the defaults, by Kafka's names
 */
public record TopicInfo(TopicName name, String uid, int partitions, int replicationFactor, Map<String, String> config) {
    /** Copies the settings. */
    public TopicInfo {
        config = Map.copyOf(config);
    }

    /** The partitions in order of number. */
    public List<TopicPartition> topicPartitions() {
        return IntStream.range(0, partitions)
                .mapToObj(p -> new TopicPartition(name, p))
                .toList();
    }
}
