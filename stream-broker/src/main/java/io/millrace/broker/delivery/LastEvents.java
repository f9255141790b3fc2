// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.core.log.PartitionBounds;
import io.millrace.core.topic.TopicPartition;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a read of about the last N events begins: they are shared out evenly over the partitions, and what a short one
 * cannot give, longer ones give in its stead.
 */
final class LastEvents {
    private LastEvents() {}

    static Map<TopicPartition, Long> starts(long count, Map<TopicPartition, PartitionBounds> all) {
        List<Map.Entry<TopicPartition, PartitionBounds>> shortestFirst = all.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> held(entry.getValue())))
                .toList();
        Map<TopicPartition, Long> starts = new HashMap<>();
        long left = count;
        long sharers = all.size();
        for (Map.Entry<TopicPartition, PartitionBounds> entry : shortestFirst) {
            long share = Math.min(held(entry.getValue()), left / sharers + (left % sharers == 0 ? 0 : 1));
            starts.put(entry.getKey(), entry.getValue().end() - share);
            left -= share;
            sharers--;
        }
        return starts;
    }

    private static long held(PartitionBounds bounds) {
        return bounds.end() - bounds.earliest();
    }
}
