// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.topic;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What to change of a topic.
 *
 * @param partitions the new number of partitions, which may only grow
 * @param set settings that take these values
 * @param reset settings that go back to their defaults
 */
public record TopicUpdate(OptionalInt partitions, Map<String, String> set, Set<String> reset) {
    /** Copies the collections. */
    public TopicUpdate {
        set = Map.copyOf(set);
        reset = Set.copyOf(reset);
    }
}
