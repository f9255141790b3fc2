// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.health;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.LogHealth;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A circuit breaker over everything that is asked of Kafka. It opens when Kafka has answered nothing for a while: no
 * append, no read, no question, and at least two of them have failed. Then nothing is begun, so nothing has an unknown
 * outcome, and a question every second finds out when Kafka is back.
 *
 * <p>What appends and reads meet with is only noted, in a field each; a round a second tells it to the breaker and asks a
 * small question of its own, so an idle log knows too. One answer is enough: Kafka that is slow, or refuses, is there.
 *
 * <p><b>Threads.</b> Notes come from any thread. Rounds follow each other, so the breaker and the states are told one
 * thing at a time; states are signalled on a thread of Kafka's admin client or of a timer.
 */
public final class KafkaHealth implements LogHealth, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaHealth.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Failures that are enough where nothing has succeeded. */
    private static final int MIN_FAILURES = 2;

    /** So many of its own questions, one after another, fit into the silence after which the breaker opens. */
    private static final int QUESTIONS = 3;

    private static final float ALL_PERCENT = 100;
    private static final Throwable NO_ANSWER =
            Refusal.of(Reason.LOG_UNAVAILABLE, "Kafka does not answer").asException();

    private final Duration silence;
    private final Mono<Void> question;
    private final CircuitBreaker breaker;
    private final Sinks.Many<Boolean> states = Sinks.many().replay().latestOrDefault(true);
    private final Disposable.Swap rounds = Disposables.swap();
    private volatile boolean answered;
    private volatile boolean unanswered;
    private volatile boolean available = true;

    /**
     * A breaker that is closed and asks nothing before {@link #start}.
     *
     * @param silence how long Kafka may leave everything unanswered, in whole seconds
     * @param question answered by Kafka whenever it is there; asked anew by each subscription
     * @param clock tells how old an answer is
     */
    public KafkaHealth(Duration silence, Mono<?> question, Clock clock) {
        this.silence = silence;
        this.question = question.then();
        this.breaker = CircuitBreaker.of(
                "kafka",
                CircuitBreakerConfig.custom()
                        .clock(clock)
                        .slidingWindowType(SlidingWindowType.TIME_BASED)
                        .slidingWindowSize(Math.toIntExact(Math.max(1, silence.toSeconds())))
                        .minimumNumberOfCalls(MIN_FAILURES)
                        .failureRateThreshold(ALL_PERCENT)
                        .waitDurationInOpenState(INTERVAL)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
    }

    /** How long a question may take for {@link #QUESTIONS} of them to fit into a silence. */
    public static Duration questionTimeout(Duration silence) {
        return silence.dividedBy(QUESTIONS);
    }

    /** Begins the rounds, which {@link #close} ends. */
    public void start() {
        rounds.update(Flux.interval(INTERVAL)
                .onBackpressureDrop()
                .concatMap(number -> round(), 1)
                .subscribe());
    }

    @Override
    public boolean isAvailable() {
        return available;
    }

    @Override
    public Flux<Boolean> states() {
        return states.asFlux();
    }

    /** What refuses everything while the breaker is open. */
    public Refusal refusal() {
        return Refusal.of(Reason.LOG_UNAVAILABLE, "Kafka has not answered anything for " + silence.toSeconds() + " s");
    }

    /** Notes what becomes of a question or of a read. */
    public <T> Mono<T> watching(Mono<T> asked) {
        return asked.doOnSuccess(answer -> noteAnswer()).doOnError(this::noteFailure);
    }

    /** Notes what becomes of an append. */
    public Mono<AppendResult> watchingAppend(Mono<AppendResult> append) {
        return append.doOnSuccess(this::note).doOnError(this::noteFailure);
    }

    /** Kafka has answered, whatever it was. */
    public void noteAnswer() {
        if (!answered) {
            answered = true;
        }
    }

    @Override
    public void close() {
        rounds.dispose();
    }

    private void note(AppendResult result) {
        if (result.failures().isEmpty()) {
            noteAnswer();
        } else {
            result.failures().values().forEach(this::note);
        }
    }

    private void noteFailure(Throwable error) {
        if (error instanceof RefusedException refused) {
            note(refused.refusal());
        }
    }

    private void note(Refusal refusal) {
        switch (refusal.reason()) {
            case LOG_UNAVAILABLE, PUBLISH_OUTCOME_UNKNOWN -> unanswered = true;
            default -> noteAnswer();
        }
    }

    /** Tells the breaker what was noted, and asks where it lets a question through. Rounds must not overlap. */
    Mono<Void> round() {
        return Mono.defer(() -> {
            tellBreaker();
            return breaker.tryAcquirePermission() ? ask() : Mono.<Void>empty();
        });
    }

    /** While it is open only its own questions count: the failures of what was begun before come late. */
    private void tellBreaker() {
        boolean good = answered;
        boolean bad = unanswered;
        answered = false;
        unanswered = false;
        if (breaker.getState() == CircuitBreaker.State.CLOSED) {
            if (good) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            }
            if (bad) {
                breaker.onError(0, TimeUnit.NANOSECONDS, NO_ANSWER);
            }
        }
    }

    private Mono<Void> ask() {
        return question.timeout(questionTimeout(silence))
                .doOnSuccess(answer -> breaker.onSuccess(0, TimeUnit.NANOSECONDS))
                .doOnError(error -> breaker.onError(0, TimeUnit.NANOSECONDS, error))
                .onErrorComplete()
                .doOnTerminate(this::tellStates);
    }

    private void tellStates() {
        boolean now = breaker.getState() == CircuitBreaker.State.CLOSED;
        if (now == available) {
            return;
        }
        available = now;
        if (now) {
            LOG.info("Kafka answers again");
        } else {
            LOG.warn("{}; nothing is begun until it answers", refusal().message());
        }
        states.tryEmitNext(now).orThrow();
    }
}
