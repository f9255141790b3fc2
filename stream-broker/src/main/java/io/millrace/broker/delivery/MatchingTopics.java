// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.core.log.EventLog;
import io.millrace.core.topic.TopicName;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tells streams with patterns which topics match now, again and again: one list of topics for all of them in each round,
 * and no round while there is none of them. A list that does not come is asked for in the next round.
 *
 * <p><b>Threads.</b> Safe from any. Names are matched where the log answers, never on a stream's loop; the answer is
 * handed over there.
 */
final class MatchingTopics {
    private final EventLog log;
    private final Duration interval;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private List<TopicName> listed = List.of();
    private @Nullable Disposable rounds;

    MatchingTopics(EventLog log, Duration interval) {
        this.log = log;
        this.interval = interval;
    }

    /** Calls {@code found} on the loop with all topics that match, once a round, until the follower is closed. */
    Follower follow(TopicSelection selection, EventExecutor loop, Consumer<List<TopicName>> found) {
        Follower follower = new Follower(selection, loop, found);
        change(() -> followers.add(follower));
        return follower;
    }

    /** One stream's interest in its patterns. */
    final class Follower implements AutoCloseable {
        private final TopicSelection selection;
        private final EventExecutor loop;
        private final Consumer<List<TopicName>> found;
        private @Nullable List<TopicName> seen;
        private List<TopicName> matching = List.of();

        private Follower(TopicSelection selection, EventExecutor loop, Consumer<List<TopicName>> found) {
            this.selection = selection;
            this.loop = loop;
            this.found = found;
        }

        @Override
        public void close() {
            change(() -> followers.remove(this));
        }

        /** In one round after another. */
        private void look(List<TopicName> topics) {
            if (seen != topics) {
                seen = topics;
                matching = selection.matching(topics);
            }
            List<TopicName> now = matching;
            loop.execute(() -> found.accept(now));
        }
    }

    private synchronized void change(Runnable change) {
        change.run();
        if (followers.isEmpty() && rounds != null) {
            rounds.dispose();
            rounds = null;
        } else if (!followers.isEmpty() && rounds == null) {
            rounds = Flux.interval(interval)
                    .onBackpressureDrop()
                    .concatMap(round -> look(), 1)
                    .subscribe();
        }
    }

    private Mono<Void> look() {
        return log.topics().list(false).doOnNext(this::tell).then().onErrorComplete();
    }

    private synchronized void tell(List<TopicName> topics) {
        if (!topics.equals(listed)) {
            listed = topics;
        }
        followers.forEach(follower -> follower.look(listed));
    }
}
