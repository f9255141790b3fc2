// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.v1.ExpiredStartPolicy;

/** What to do when retention has removed the place where a subscription begins or resumes. */
public enum ExpiredStart {
    /** Error with CURSOR_EXPIRED or OFFSET_EXPIRED. */
    FAIL(ExpiredStartPolicy.EXPIRED_START_POLICY_FAIL),
    /** Report a {@link Signal.Gap} and go on at the oldest retained event. */
    EARLIEST(ExpiredStartPolicy.EXPIRED_START_POLICY_EARLIEST),
    /** Report a {@link Signal.Gap} and go on at the live end. */
    LATEST(ExpiredStartPolicy.EXPIRED_START_POLICY_LATEST);

    private final ExpiredStartPolicy message;

    ExpiredStart(ExpiredStartPolicy message) {
        this.message = message;
    }

    ExpiredStartPolicy toMessage() {
        return message;
    }
}
