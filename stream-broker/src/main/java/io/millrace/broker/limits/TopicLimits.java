// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.limits;

import java.time.Duration;

/**
 * How many topics one stream may read, and how soon it joins a new one that matches its pattern.
 *
 * @param maxPartitions most partitions of one stream, over all of its topics; its cursor has a place for each, so it
 *     bounds the heartbeats too
 * @param lookInterval pause between two looks at the list of topics, while a stream with a pattern is open
 */
public record TopicLimits(int maxPartitions, Duration lookInterval) {
    /** The defaults of the program. */
    public static TopicLimits defaults() {
        return new TopicLimits(2_048, Duration.ofSeconds(1));
    }
}
