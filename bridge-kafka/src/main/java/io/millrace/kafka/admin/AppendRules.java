// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

/**
 * What a topic's settings say of what is appended to it.
 *
 * @param maxBatchBytes the largest batch that it takes
 * @param stampedByKafka true when a record has the time at which Kafka appended it, and not the one it was sent with
 */
public record AppendRules(int maxBatchBytes, boolean stampedByKafka) {
    /** Of a topic that nothing is known of yet. */
    public static final AppendRules UNKNOWN = new AppendRules(Integer.MAX_VALUE, false);
}
