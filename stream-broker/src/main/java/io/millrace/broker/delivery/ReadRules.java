// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.ring.Selection;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.SlowConsumerPolicy;
import io.millrace.wire.EventCodec;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What a reader wants of the events between its start and its end: which of them, and what gives way when it is slow.
 *
 * @param selection which events it takes
 * @param policy what gives way
 * @param conflateInterval pause between two events of a key; zero for none
 */
record ReadRules(Selection selection, SlowConsumerPolicy policy, Duration conflateInterval) {
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

    /** Every event, late where the reader is slow. */
    static final ReadRules NONE =
            new ReadRules(Selection.ALL, SlowConsumerPolicy.SLOW_CONSUMER_POLICY_UNSPECIFIED, Duration.ZERO);

    /**
     * As asked for. Errors with the refusal of what is wrong or not supported. A filter is compiled on another thread;
     * without one, the answer comes at once.
     */
    static Mono<ReadRules> read(ReadSpec spec, Filters filters) {
        Mono<ReadRules> rules = Mono.fromCallable(() -> of(spec, filters));
        return spec.getFilter().isEmpty() ? rules : rules.subscribeOn(Schedulers.boundedElastic());
    }

    private static ReadRules of(ReadSpec spec, Filters filters) {
        SlowConsumerPolicy policy = spec.getSlowConsumerPolicy();
        refuseIf(
                policy == SlowConsumerPolicy.UNRECOGNIZED,
                "spec.slow_consumer_policy " + spec.getSlowConsumerPolicyValue());
        boolean conflates = policy == SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE;
        refuseIf(conflates && !spec.getFilter().isEmpty(), "spec.filter together with the policy CONFLATE");
        return new ReadRules(selection(spec, conflates, filters), policy, interval(spec, conflates));
    }

    private static Selection selection(ReadSpec spec, boolean conflates, Filters filters) {
        if (spec.getFilter().isEmpty()) {
            return conflates ? Selection.NEWEST : Selection.ALL;
        }
        return Selection.of(filters.compile(spec.getFilter()));
    }

    private static Duration interval(ReadSpec spec, boolean conflates) {
        if (!spec.hasConflateInterval()) {
            return Duration.ZERO;
        }
        Duration interval = EventCodec.toDuration(spec.getConflateInterval(), "conflate_interval");
        if (!conflates) {
            throw wrong("spec.conflate_interval goes with the policy CONFLATE only");
        }
        if (interval.isNegative() || interval.compareTo(LONGEST_INTERVAL) > 0) {
            throw wrong("spec.conflate_interval of " + interval + " is not within 0 and " + LONGEST_INTERVAL);
        }
        return interval.isZero() || interval.compareTo(SHORTEST_INTERVAL) > 0 ? interval : SHORTEST_INTERVAL;
    }

    private static RefusedException wrong(String message) {
        return Refusal.of(Reason.REQUEST_INVALID, message).asException();
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
