// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.ring.EventTest;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;

/** Understands the filters that clients write. Safe from any thread. */
@FunctionalInterface
interface Filters {
    /** Understands none. */
    Filters NONE = expression -> {
        throw Refusal.of(Reason.NOT_SUPPORTED, "spec.filter").asException();
    };

    /** The test that an expression stands for. Throws the refusal of one that is not understood. */
    EventTest compile(String expression);
}
