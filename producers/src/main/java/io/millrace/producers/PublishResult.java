// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.client.MillraceException;
import io.millrace.core.event.Event;

/** The fate of one event of {@link Producer#publishEach}. */
public sealed interface PublishResult {
    /** Which event of its source it was, from 0. */
    long index();

    /**
     * It is stored.
     *
     * @param index which event
     * @param ack where
     */
    record Stored(long index, PublishAck ack) implements PublishResult {}

    /**
     * It is not stored, or nobody knows: then the reason is PUBLISH_OUTCOME_UNKNOWN.
     *
     * @param index which event
     * @param event the event, with the id that it was given
     * @param cause why
     */
    record Failed(long index, Event event, MillraceException cause) implements PublishResult {}
}
