// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.kafka.admin.AppendRules;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** What the topics of one publisher take; asks once for each, and waits for the answer. Belongs to one thread. */
final class TopicRules {
    private static final int MAX_TOPICS = 256;

    private final Function<TopicName, Mono<AppendRules>> ask;
    private final Duration patience;
    private final Map<TopicName, AppendRules> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TopicName, AppendRules> eldest) {
            return size() > MAX_TOPICS;
        }
    };

    /**
     * Knows nothing yet.
     *
     * @param ask answers what a topic takes, once all its partitions answer
     * @param patience how long an answer may take
     */
    TopicRules(Function<TopicName, Mono<AppendRules>> ask, Duration patience) {
        this.ask = ask;
        this.patience = patience;
    }

    /**
     * What a topic takes, once all its partitions answer.
     *
     * @throws RefusedException TOPIC_NOT_FOUND or LOG_UNAVAILABLE
     */
    AppendRules of(TopicName topic) {
        AppendRules rules = known.get(topic);
        if (rules == null) {
            rules = Objects.requireNonNull(ask.apply(topic).block(patience.multipliedBy(3)));
            known.put(topic, rules);
        }
        return rules;
    }

    /** What is known may be out of date. */
    void forget() {
        known.clear();
    }
}
