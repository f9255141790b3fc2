// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.ring.ReadEnd;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.topic.TopicPartition;

/**
 * Where a read of one partition begins and ends.
 *
 * @param partition which
 * @param asked the place that was asked for
 * @param from the place where it begins; higher than {@code asked} where retention has removed that
 * @param end where it ends
 * @param bounds what the partition held when the read was resolved
 */
record PartitionStart(TopicPartition partition, long asked, long from, ReadEnd end, PartitionBounds bounds) {
    /** True when events are missing at the start. */
    boolean hasGap() {
        return from > asked;
    }

    /** True when there is history to be read before the live end. */
    boolean isBehind() {
        return from < bounds.end();
    }
}
