// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

/** What to do with events whose acknowledgement was lost with the connection: each may or may not be stored. */
public enum OnUnknown {
    /**
     * Send them again, in order and before anything newer. Nothing is lost and the order of a key holds, but an event
     * may be stored twice, with the same id.
     */
    RETRY,
    /** Fail them with PUBLISH_OUTCOME_UNKNOWN, so that nothing is stored twice; what was not sent yet goes on. */
    FAIL
}
