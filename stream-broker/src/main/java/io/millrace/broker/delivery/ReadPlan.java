// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.core.topic.TopicInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A read as it was resolved against the log.
 *
 * @param topic what is read
 * @param starts each partition's place
 * @param endTime the time in the future at which the read ends, if it has one
 */
record ReadPlan(
        TopicInfo topic,
        List<PartitionStart> starts,
        @Nullable Instant endTime) {}
