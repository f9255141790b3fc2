// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import io.millrace.kafka.refusal.KafkaRefusals;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaFuture;
import reactor.core.publisher.Mono;

/** Kafka's futures as {@link Mono}s whose errors are refusals. Cancelling one does not take back its request. */
final class KafkaAnswers {
    private KafkaAnswers() {}

    /** Asks on subscription; signals on the thread of Kafka's client, or at once when the answer is there. */
    static <T> Mono<T> ask(String topic, Supplier<KafkaFuture<T>> question) {
        return Mono.fromCompletionStage(() -> question.get().toCompletionStage())
                .onErrorMap(IllegalStateException.class, KafkaAnswers::closed)
                .onErrorMap(error -> KafkaRefusals.ofQuestion(error, topic));
    }

    /** What the admin client throws is that it is closed. */
    private static Throwable closed(IllegalStateException error) {
        return KafkaRefusals.unavailable(error).asException();
    }
}
