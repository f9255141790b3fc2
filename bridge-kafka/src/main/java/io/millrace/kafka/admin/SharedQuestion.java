// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A question that many may have at once. Whoever asks while it is under way shares the next time with all who do, so the
 * answer is never older than the asking, and Kafka is asked once at a time, however many ask. Thread-safe.
 */
final class SharedQuestion {
    private final Mono<Void> question;
    private boolean underWay;

    /** Those who share the next time. */
    private Sinks.@Nullable Empty<Void> waiting;

    /**
     * @param question asked anew at each subscription
     */
    SharedQuestion(Mono<Void> question) {
        this.question = question;
    }

    /** Ends as a question does that is put after the subscription. Cancelling it does not take that back. */
    Mono<Void> ask() {
        return Mono.defer(this::join);
    }

    private Mono<Void> join() {
        Sinks.Empty<Void> mine;
        boolean begins;
        synchronized (this) {
            mine = waiting == null ? Sinks.empty() : waiting;
            waiting = mine;
            begins = !underWay;
            underWay = true;
        }
        if (begins) {
            putNext();
        }
        return mine.asMono();
    }

    private void putNext() {
        Sinks.Empty<Void> asking;
        synchronized (this) {
            asking = waiting;
            waiting = null;
            underWay = asking != null;
        }
        if (asking != null) {
            question.subscribe(
                    nothing -> {},
                    error -> {
                        asking.tryEmitError(error);
                        putNext();
                    },
                    () -> {
                        asking.tryEmitEmpty();
                        putNext();
                    });
        }
    }
}
