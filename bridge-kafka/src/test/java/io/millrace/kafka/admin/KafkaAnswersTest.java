// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.refusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.test.StepVerifier;

class KafkaAnswersTest {
    private static final Exception MISSING = new UnknownTopicOrPartitionException("none");

    private final KafkaFutureImpl<String> answer = new KafkaFutureImpl<>();

    @Test
    void anAnswerComesAsItIs() {
        answer.complete("yes");

        StepVerifier.create(KafkaAnswers.ask("t", () -> answer))
                .expectNext("yes")
                .verifyComplete();
    }

    @Test
    void anAnswerWithoutAValueCompletes() {
        StepVerifier.create(KafkaAnswers.ask("t", () -> KafkaFuture.<Void>completedFuture(null)))
                .verifyComplete();
    }

    @Test
    void aFailureIsARefusalAlsoWhenAFutureBehindHasWrappedIt() {
        answer.completeExceptionally(MISSING);
        StepVerifier.create(KafkaAnswers.ask("t", () -> answer)).verifyErrorMatches(Reason.TOPIC_NOT_FOUND::isOf);

        KafkaFutureImpl<String> wrapped = new KafkaFutureImpl<>();
        wrapped.completeExceptionally(new CompletionException(MISSING));
        StepVerifier.create(KafkaAnswers.ask("t", () -> wrapped)).verifyErrorMatches(Reason.TOPIC_NOT_FOUND::isOf);
    }

    @Test
    void aFailureThatNobodyWaitsForAnyMoreTroublesNobody() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            KafkaAnswers.ask("t", () -> answer).subscribe().dispose();
            answer.completeExceptionally(MISSING);

            assertThat(dropped).isEmpty();
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }
}
