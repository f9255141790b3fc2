// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.endpoint;

import io.grpc.Context;
import io.grpc.Deadline;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * When the client of a call gives up, less a tenth of the time until then: so much is left for the answer to arrive, which
 * says more than the DEADLINE_EXCEEDED that the client would make up itself.
 */
final class CallDeadline {
    private static final int SHARE_OF_ANSWER = 10;

    private final @Nullable Deadline deadline;

    private CallDeadline(@Nullable Deadline deadline) {
        this.deadline = deadline;
    }

    /** That of the call whose method runs on this thread. */
    static CallDeadline current() {
        return new CallDeadline(Context.current().getDeadline());
    }

    /** What is left, or {@code limit} where that is less or the client has no deadline. */
    Duration atMost(Duration limit) {
        if (deadline == null) {
            return limit;
        }
        long leftNanos = deadline.timeRemaining(TimeUnit.NANOSECONDS);
        Duration left = Duration.ofNanos(Math.max(0, leftNanos - leftNanos / SHARE_OF_ANSWER));
        return left.compareTo(limit) < 0 ? left : limit;
    }

    /** The outcome of an append, or PUBLISH_OUTCOME_UNKNOWN when the client would not wait for it. */
    <T> Mono<T> bound(Mono<T> append) {
        return deadline == null
                ? append
                : Mono.defer(
                        () -> append.timeout(atMost(Duration.ofNanos(Long.MAX_VALUE)), Mono.error(() -> unknown())));
    }

    private static RuntimeException unknown() {
        return Refusal.of(Reason.PUBLISH_OUTCOME_UNKNOWN, "the log has not answered before the deadline of the call")
                .asException();
    }
}
