// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.core.topic.TopicName;
import java.time.Duration;

/**
 * What a producer was asked to be; see {@link Producer.Builder}.
 *
 * @param topic where events go
 * @param source for events that have none
 * @param maxUnsettledEvents most events between publication and acknowledgement
 * @param maxUnsettledBytes most bytes of them
 * @param maxBatchEvents most events of one frame
 * @param maxBatchBytes most bytes of one frame, unless one event alone is larger
 * @param ackTimeout how long an event may wait
 * @param onUnknown what to do with lost acknowledgements
 * @param producerId who it is, so that what is sent again is stored once; empty for nobody
 */
record ProducerOptions(
        TopicName topic,
        String source,
        int maxUnsettledEvents,
        long maxUnsettledBytes,
        int maxBatchEvents,
        int maxBatchBytes,
        Duration ackTimeout,
        OnUnknown onUnknown,
        String producerId) {
    /** True when the server knows what is stored, so that what is sent again is stored once. */
    boolean exactlyOnce() {
        return !producerId.isEmpty();
    }
}
