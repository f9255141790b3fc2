// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.kafka.refusal.KafkaRefusals;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tells whoever uses a topic when it is deleted, also by another program, and also when a new one of the same name has
 * taken its place: Kafka's consumers wait for a deleted topic for ever.
 *
 * <p>A deletion through this log is told at once; others are found by asking for all topics in use every {@link
 * #INTERVAL}. A question without an answer proves nothing and is asked again. Thread-safe; callbacks come on a thread of
 * Kafka's admin client and must not block.
 */
public final class TopicWatch implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Supplier<Admin> admin;
    private final Map<Registration, TopicView> registrations = new ConcurrentHashMap<>();
    private final Disposable rounds;

    /** Watches with the present client, which it does not own. */
    public TopicWatch(Supplier<Admin> admin) {
        this.admin = admin;
        this.rounds = Flux.interval(INTERVAL)
                .onBackpressureDrop()
                .concatMap(round -> look(), 1)
                .subscribe();
    }

    /** Somebody's interest in a topic; closing it ends it. */
    public final class Registration implements AutoCloseable {
        private final Consumer<? super Refusal> whenGone;

        private Registration(Consumer<? super Refusal> whenGone) {
            this.whenGone = whenGone;
        }

        @Override
        public void close() {
            registrations.remove(this);
        }
    }

    /** Calls {@code whenGone} once when this topic is no more. */
    public Registration register(TopicView topic, Consumer<? super Refusal> whenGone) {
        Registration registration = new Registration(whenGone);
        registrations.put(registration, topic);
        return registration;
    }

    /**
     * Looks once, now, and waits for it, so never on an event loop. When it returns, whoever's topic is gone has been
     * told; an answer that fails tells nothing.
     *
     * @throws TimeoutException when no answer came in time: who asks may ask again
     */
    public void lookNow(Duration patience) {
        try {
            look().block(patience);
        } catch (IllegalStateException noAnswer) {
            throw new TimeoutException("no answer in " + patience + " about the topics in use", noAnswer);
        }
    }

    /** The topic has been deleted. */
    void deleted(TopicView topic) {
        registrations.forEach((registration, view) -> {
            if (view.uid().equals(topic.uid()) && registrations.remove(registration, view)) {
                registration.whenGone.accept(Refusal.topicNotFound(view.name()));
            }
        });
    }

    /** Tells everybody that the log is closed. */
    @Override
    public void close() {
        rounds.dispose();
        registrations.forEach((registration, view) -> {
            if (registrations.remove(registration, view)) {
                registration.whenGone.accept(Refusal.of(Reason.LOG_UNAVAILABLE, "the log is closed"));
            }
        });
    }

    private Mono<Void> look() {
        Map<String, TopicView> byUid = new HashMap<>();
        registrations.values().forEach(view -> byUid.put(view.uid(), view));
        if (byUid.isEmpty()) {
            return Mono.empty();
        }
        List<String> names =
                byUid.values().stream().map(TopicView::name).distinct().toList();
        return Mono.fromSupplier(() -> admin.get().describeTopics(names).topicNameValues())
                .flatMapMany(answers -> Flux.fromIterable(byUid.values())
                        .flatMap(view -> isGone(view, answers.get(view.name()))
                                .filter(gone -> gone)
                                .map(gone -> view)))
                .doOnNext(this::deleted)
                .then()
                .onErrorComplete();
    }

    private static Mono<Boolean> isGone(TopicView view, @Nullable KafkaFuture<TopicDescription> answer) {
        return answer == null
                ? Mono.just(false)
                : Mono.fromCompletionStage(answer::toCompletionStage)
                        .map(topic -> !topic.topicId().toString().equals(view.uid()))
                        .onErrorResume(error -> Mono.just(KafkaRefusals.isMissingTopic(error)));
    }
}
