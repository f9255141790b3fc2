// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.v1.SubscribeResponse;

/** One frame of the server, parsed as far as is of use on arrival. */
sealed interface ServerFrame {
    /**
     * Everything but events.
     *
     * @param message the frame
     */
    record Control(SubscribeResponse message) implements ServerFrame {}

    /**
     * Events; they are still bytes.
     *
     * @param batch the frame
     */
    record Batch(EncodedBatch batch) implements ServerFrame {}
}
