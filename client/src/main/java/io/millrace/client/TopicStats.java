// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import io.millrace.core.topic.TopicName;
import java.time.Instant;
import java.util.List;

/**
 * What a topic holds and who reads it, as one server sees it.
 *
 * @param topic which
 * @param partitions in order of partition
 * @param subscribers how many subscribers it has on that server
 * @param time when the figures were taken
 */
public record TopicStats(TopicName topic, List<Partition> partitions, int subscribers, Instant time) {
    /** Copies the list. */
    public TopicStats {
        partitions = List.copyOf(partitions);
    }

    /**
     * What one partition holds.
     *
     * @param partition from 0
     * @param earliestOffset oldest retained offset
     * @param endOffset offset that the next event will get
     * @param ringBytes bytes of its tail that the server keeps in memory
     */
    public record Partition(int partition, long earliestOffset, long endOffset, long ringBytes) {}
}
