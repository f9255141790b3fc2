// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.core.topic.TopicInfo;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A read as it was resolved against the log.
 *
 * @param selection which topics were asked for
 * @param topics what is read of each of them that is there
 * @param endTime the time in the future at which the read ends, if it has one
 * @param grows true when topics that match later belong to the read
 */
record ReadPlan(
        TopicSelection selection,
        List<OfTopic> topics,
        @Nullable Instant endTime,
        boolean grows) {
    /**
     * What is read of one topic.
     *
     * @param topic the topic
     * @param starts the place of each partition that is read
     */
    record OfTopic(TopicInfo topic, List<PartitionStart> starts) {}

    /** The places of all partitions. */
    Stream<PartitionStart> starts() {
        return topics.stream().flatMap(topic -> topic.starts().stream());
    }
}
