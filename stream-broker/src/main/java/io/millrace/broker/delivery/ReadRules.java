// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.ring.Selection;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.SlowConsumerPolicy;

/**
 * What a reader wants of the events between its start and its end: which of them, and what gives way when it is slow.
 *
 * @param selection which events it takes
 * @param policy what gives way
 */
record ReadRules(Selection selection, SlowConsumerPolicy policy) {
    /** Every event, late where the reader is slow. */
    static final ReadRules NONE = new ReadRules(Selection.ALL, SlowConsumerPolicy.SLOW_CONSUMER_POLICY_UNSPECIFIED);

    /** As asked for. Throws the refusal of what is wrong or not supported. */
    static ReadRules of(ReadSpec spec) {
        refuseIf(!spec.getFilter().isEmpty(), "spec.filter");
        refuseIf(spec.hasConflateInterval(), "spec.conflate_interval");
        refuseIf(
                spec.getSlowConsumerPolicy() == SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE
                        || spec.getSlowConsumerPolicy() == SlowConsumerPolicy.UNRECOGNIZED,
                "spec.slow_consumer_policy " + spec.getSlowConsumerPolicyValue());
        return new ReadRules(Selection.ALL, spec.getSlowConsumerPolicy());
    }

    /** True when a reader that was overtaken leaves events out. */
    boolean skips() {
        return policy == SlowConsumerPolicy.SLOW_CONSUMER_POLICY_SKIP;
    }

    /** True when a reader that was overtaken is ended. */
    boolean disconnects() {
        return policy == SlowConsumerPolicy.SLOW_CONSUMER_POLICY_DISCONNECT;
    }

    private static void refuseIf(boolean unsupported, String what) {
        if (unsupported) {
            throw Refusal.of(Reason.NOT_SUPPORTED, what).asException();
        }
    }
}
