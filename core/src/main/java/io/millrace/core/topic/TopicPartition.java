// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.topic;

/**
 * One partition of a topic: the unit of order.
 *
 * @param topic the topic
 * @param partition from 0
 */
public record TopicPartition(TopicName topic, int partition) {
    /** Checks the number. */
    public TopicPartition {
        if (partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " is negative");
        }
    }

    @Override
    public String toString() {
        return topic + "/" + partition;
    }
}
