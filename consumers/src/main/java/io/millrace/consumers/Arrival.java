// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * Events of one partition that will not come.
     *
     * @param signal for the user
     * @param after the place behind them
     */
    record Missing(Signal.Gap signal, Place after) implements Arrival {}

    /**
     * Something about the whole subscription.
     *
     * @param signal for the user
     * @param places all places as they are then; absent where nothing moves
     */
    record Notice(Signal signal, @Nullable Cursor places) implements Arrival {}
}
