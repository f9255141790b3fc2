// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.core.refusal.Reason;
import java.util.Locale;

/** Why a cursor is not to be taken. */
enum BadCursor {
    /** It is not as it was given out: a bit, a byte, a length, a partition or a topic is another. */
    ALTERED(Reason.CURSOR_INVALID),
    /** It is of a topic that is not read. */
    FOREIGN(Reason.CURSOR_FOREIGN),
    /** Its topic was deleted and made again. */
    RECREATED(Reason.TOPIC_RECREATED),
    /** Retention has removed the place. */
    EXPIRED(Reason.CURSOR_EXPIRED),
    /** It is behind the end. */
    FUTURE(Reason.OFFSET_OUT_OF_RANGE);

    private final Reason reason;

    BadCursor(Reason reason) {
        this.reason = reason;
    }

    /** What it is to be refused with. */
    Reason reason() {
        return reason;
    }

    /** As figures name it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
