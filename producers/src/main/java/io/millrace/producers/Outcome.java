// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.client.MillraceException;
import io.millrace.core.event.Event;

/** Who waits for the fate of one event, or of all before a marker. Told once, on the producer's worker. */
interface Outcome {
    /** The event is stored. */
    default void stored(PublishAck ack) {}

    /** The event is not stored, or nobody knows. */
    default void failed(Event event, MillraceException cause) {}

    /** Everything before the marker is settled. */
    default void passed() {}
}
