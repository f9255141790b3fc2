// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import java.util.List;

/** What has come from the server and waits for the user, in order. */
sealed interface Arrival {
    /**
     * Events of one partition.
     *
     * @param events those that have not come before
     * @param after the place behind them
     * @param creditBytes what the batch has cost
     */
    record Batch(List<io.millrace.v1.ReceivedEvent> events, Place after, long creditBytes) implements Arrival {}

    /**
     * Something that is not an event.
     *
     * @param signal for the user
     * @param cursor places that it moves on
     */
    record Notice(Signal signal, Cursor cursor) implements Arrival {}
}
