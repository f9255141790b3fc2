// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.filter.Filter;
import io.millrace.broker.filter.FilterException;
import io.millrace.broker.ring.EventTest;
import io.millrace.core.refusal.Refusal;

/** Understands the filters that clients write. Safe from any thread. */
@FunctionalInterface
interface Filters {
    /** Understands CEL: see {@link Filter}. Takes milliseconds, so not for an event loop. */
    Filters CEL = expression -> {
        try {
            return Filter.compile(expression)::matches;
        } catch (FilterException e) {
            throw Refusal.filterInvalid(String.valueOf(e.getMessage()), e.line(), e.column())
                    .asException();
        }
    };

    /** The test that an expression stands for, for one reader. Throws the refusal of one that is not understood. */
    EventTest compile(String expression);
}
