// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import io.millrace.kafka.refusal.KafkaRefusals;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Kafka's futures as {@link Mono}s whose errors are refusals. Cancelling one does not take back its request. */
public final class KafkaAnswers {
    private KafkaAnswers() {}

    /**
     * Asks on subscription; signals on the thread of Kafka's client, or at once when the answer is there. What comes when
     * nobody waits any more, an error too, is dropped.
     */
    public static <T> Mono<T> ask(String topic, Supplier<KafkaFuture<T>> question) {
        return Mono.fromCompletionStage(() -> question.get().toCompletionStage().handle(Answer<T>::new))
                .flatMap(Answer::mono)
                .onErrorMap(IllegalStateException.class, KafkaAnswers::closed)
                .onErrorMap(error -> KafkaRefusals.ofQuestion(error, topic));
    }

    /** One of the two, or neither where the value is nothing. */
    private record Answer<T>(@Nullable T value, @Nullable Throwable error) {
        Mono<T> mono() {
            if (error == null) {
                return Mono.justOrEmpty(value);
            }
            Throwable cause = error.getCause();
            return Mono.error(error instanceof CompletionException && cause != null ? cause : error);
        }
    }

    /** What the admin client throws is that it is closed. */
    private static Throwable closed(IllegalStateException error) {
        return KafkaRefusals.unavailable(error).asException();
    }
}
