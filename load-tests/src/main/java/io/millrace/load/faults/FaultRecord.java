// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import org.jspecify.annotations.Nullable;

/**
 * A fault that has happened.
 *
 * @param kind what
 * @param where to whom, and which form it took
 * @param unacknowledged how many events were on their way then, without an acknowledgement
 * @param atMillis when it began, since the first event was published
 * @param lastedMillis until its cause was gone
 * @param ackMillis from then until every publisher had an acknowledgement; absent when one never had
 * @param deliveryMillis from then until every reader that stays had an event; absent when one never had
 */
public record FaultRecord(
        FaultKind kind,
        String where,
        long unacknowledged,
        long atMillis,
        long lastedMillis,
        @Nullable Long ackMillis,
        @Nullable Long deliveryMillis) {
    /** Something did not go on. */
    boolean stalled() {
        return ackMillis == null || deliveryMillis == null;
    }
}
