// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.ring.ReadEnd;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.GapReason;

/**
 * Where a read of one partition begins and ends.
 *
 * @param partition which
 * @param asked the place that was asked for
 * @param from the place where it begins; higher than {@code asked} where retention has removed that
 * @param end where it ends
 * @param bounds what the partition held when the read was resolved
 * @param recreated true when {@code asked} was a place in an earlier topic of the same name
 */
record PartitionStart(
        TopicPartition partition, long asked, long from, ReadEnd end, PartitionBounds bounds, boolean recreated) {
    /** True when events are missing at the start. */
    boolean hasGap() {
        return recreated || from > asked;
    }

    /** Why they are missing. */
    GapReason gapReason() {
        return recreated ? GapReason.GAP_REASON_TOPIC_RECREATED : GapReason.GAP_REASON_RETENTION;
    }

    /** True when there is history to be read before the live end. */
    boolean isBehind() {
        return from < bounds.end();
    }
}
