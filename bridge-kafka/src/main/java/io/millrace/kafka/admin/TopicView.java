// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicPartition;

/**
 * What a topic is at one moment, as far as readers and writers care.
 *
 * @param name its name
 * @param uid Kafka's topic id
 * @param partitions how many
 */
public record TopicView(String name, String uid, int partitions) {
    /** This view when it has the partition; errors with PARTITION_NOT_FOUND otherwise. */
    public TopicView requirePartition(TopicPartition partition) {
        if (partition.partition() >= partitions) {
            throw Refusal.partitionNotFound(name, partition.partition()).asException();
        }
        return this;
    }
}
