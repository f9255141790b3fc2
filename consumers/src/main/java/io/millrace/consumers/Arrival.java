// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import org.jspecify.annotations.Nullable;

/** What has come from the server and waits for the user, in order. */
sealed interface Arrival {
    /**
     * Events of one partition.
     *
     * @param batch as it came
     * @param firstNew index of the first event that has not come before
     * @param after the place behind them
     */
    record Batch(EncodedBatch batch, int firstNew, Place after) implements Arrival {}

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
