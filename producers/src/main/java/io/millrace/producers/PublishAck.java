// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.core.topic.TopicPartition;

/**
 * An event is stored, durably.
 *
 * @param eventId the id of the event, which the producer has assigned where it had none
 * @param partition where
 * @param offset at which offset
 * @param sequence how many-th event of its producer it was, from 1; with {@link Producer.Builder#exactlyOnce} its number
 *     under the name
 */
public record PublishAck(String eventId, TopicPartition partition, long offset, long sequence) {}
