// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.v1.SlowConsumerPolicy;

/** What gives way when a subscriber is too slow for live delivery. */
public enum SlowConsumer {
    /** Read on from the log: late, never lossy. */
    CATCH_UP(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CATCH_UP),
    /** Receive the newest event of each key; the last one always comes. */
    CONFLATE(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE),
    /** Skip the oldest and report a {@link Signal.Gap}, with the number of events where it is known. */
    SKIP(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_SKIP),
    /** Error with SLOW_CONSUMER. */
    DISCONNECT(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_DISCONNECT);

    private final SlowConsumerPolicy message;

    SlowConsumer(SlowConsumerPolicy message) {
        this.message = message;
    }

    SlowConsumerPolicy toMessage() {
        return message;
    }
}
