// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.log.AppendResult;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Rounds of a second each, made by the test. */
class KafkaHealthTest {
    private static final int SILENCE_SECONDS = 10;

    private final HandClock clock = new HandClock();
    private final List<Boolean> states = new ArrayList<>();
    private boolean answers = true;
    private int questions;
    private final KafkaHealth health =
            new KafkaHealth(Duration.ofSeconds(SILENCE_SECONDS), Mono.defer(this::ask), clock);

    @Test
    void kafkaIsAwayWhenItHasAnsweredNothingForTheSilenceAndBackWithItsFirstAnswer() {
        health.states().subscribe(states::add);
        rounds(30);
        assertThat(states).containsExactly(true);

        answers = false;
        rounds(SILENCE_SECONDS - 1);
        assertThat(health.isAvailable())
                .as("there was an answer within the silence")
                .isTrue();
        rounds(2);
        assertThat(health.isAvailable()).isFalse();
        rounds(600);
        assertThat(health.isAvailable()).isFalse();

        answers = true;
        rounds(2);
        assertThat(health.isAvailable()).isTrue();
        assertThat(states).containsExactly(true, false, true);
    }

    @Test
    void whileItIsAwayOneQuestionASecondIsAskedAndNoMore() {
        answers = false;
        rounds(SILENCE_SECONDS + 1);
        assertThat(health.isAvailable()).isFalse();
        questions = 0;

        rounds(60);

        assertThat(questions).isBetween(30, 60);
    }

    @Test
    void oneAppendThatIsAnsweredShowsThatKafkaIsThere() {
        answers = false;
        for (int i = 0; i < 100; i++) {
            health.watchingAppend(Mono.just(appended(Map.of()))).block();
            rounds(1);
        }
        assertThat(health.isAvailable()).isTrue();

        rounds(SILENCE_SECONDS + 1);
        assertThat(health.isAvailable()).isFalse();
    }

    @Test
    void aRefusalOfKafkasOwnIsAnAnswer() {
        answers = false;
        for (int i = 0; i < 100; i++) {
            health.watching(Mono.error(Refusal.topicNotFound("t").asException()))
                    .onErrorComplete()
                    .block();
            rounds(1);
        }
        assertThat(health.isAvailable()).isTrue();
    }

    @Test
    void lateFailuresOfWhatWasBegunBeforeDoNotTakeItAwayAgain() {
        answers = false;
        rounds(SILENCE_SECONDS + 1);
        answers = true;
        rounds(2);
        assertThat(health.isAvailable()).isTrue();

        for (int i = 0; i < 60; i++) {
            health.watchingAppend(
                            Mono.just(appended(Map.of(0, Refusal.of(Reason.PUBLISH_OUTCOME_UNKNOWN, "no answer")))))
                    .block();
            rounds(1);
            assertThat(health.isAvailable()).isTrue();
        }
    }

    @Test
    void whoComesLateIsToldHowItStands() {
        answers = false;
        rounds(SILENCE_SECONDS + 1);

        health.states().subscribe(states::add);

        assertThat(states).containsExactly(false);
        assertThat(health.refusal().reason()).isEqualTo(Reason.LOG_UNAVAILABLE);
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            clock.now = clock.now.plusSeconds(1);
            health.round().block(Duration.ofSeconds(10));
        }
    }

    private Mono<String> ask() {
        questions++;
        return answers ? Mono.just("cluster") : Mono.error(new TimeoutException("no answer"));
    }

    private static AppendResult appended(Map<Integer, Refusal> failures) {
        return new AppendResult(new int[] {0}, new long[] {0}, failures);
    }

    /** A clock that the test moves. */
    private static final class HandClock extends Clock {
        private Instant now = Instant.parse("2026-11-26T12:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
