// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

/** What a condition is of an event, in CEL's logic of three values: an error gives way to whatever decides without it. */
enum Truth {
    FALSE,
    TRUE,
    /** An attribute was read that the event does not have. */
    ERROR;

    static Truth of(boolean value) {
        return value ? TRUE : FALSE;
    }

    Truth not() {
        return switch (this) {
            case FALSE -> TRUE;
            case TRUE -> FALSE;
            case ERROR -> ERROR;
        };
    }
}
