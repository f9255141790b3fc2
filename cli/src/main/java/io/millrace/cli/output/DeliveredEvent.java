// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import java.time.Instant;

/**
 * An event as it came, with its place.
 *
 * @param topic its topic
 * @param partition its partition
 * @param offset its offset there
 * @param recordTime when it was stored
 * @param event the event
 * @param checksumFailed true when it is not the one that was published
 */
public record DeliveredEvent(
        TopicName topic, int partition, long offset, Instant recordTime, Event event, boolean checksumFailed) {
    /** An event that is as it was published. */
    public DeliveredEvent(TopicName topic, int partition, long offset, Instant recordTime, Event event) {
        this(topic, partition, offset, recordTime, event, false);
    }
}
