// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPattern;
import io.millrace.v1.ReadSpec;
import io.millrace.wire.TopicResource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which topics a stream reads: those it names, which must be there, and those its patterns match, which may come and go.
 *
 * @param named in the order of the request, each once
 * @param patterns each once
 */
record TopicSelection(Set<TopicName> named, Set<TopicPattern> patterns) {
    /** None, and none ever. */
    static final TopicSelection NONE = new TopicSelection(Set.of(), Set.of());

    /** What a request asks for. Errors with REQUEST_INVALID, TOPIC_NAME_INVALID or NOT_SUPPORTED. */
    static TopicSelection of(ReadSpec spec) {
        if (spec.getTopicsCount() == 0) {
            throw Refusal.of(Reason.REQUEST_INVALID, "spec.topics names no topic")
                    .asException();
        }
        Set<TopicName> named = new LinkedHashSet<>();
        Set<TopicPattern> patterns = new LinkedHashSet<>();
        for (String topic : spec.getTopicsList()) {
            if (TopicResource.isPattern(topic)) {
                patterns.add(TopicResource.parsePattern(topic));
            } else {
                named.add(TopicResource.parse(topic));
            }
        }
        return new TopicSelection(named, patterns);
    }

    boolean hasPatterns() {
        return !patterns.isEmpty();
    }

    /** True when the topic is or may become one of the stream's. */
    boolean contains(TopicName topic) {
        return named.contains(topic) || isMatched(topic);
    }

    /** Those of these topics that a pattern matches, without those that are named anyway. */
    List<TopicName> matching(List<TopicName> topics) {
        return topics.stream()
                .filter(topic -> !named.contains(topic) && isMatched(topic))
                .toList();
    }

    /** The one topic that is meant where a position names none. */
    Optional<TopicName> only() {
        return named.size() == 1 && patterns.isEmpty()
                ? Optional.of(named.iterator().next())
                : Optional.empty();
    }

    private boolean isMatched(TopicName topic) {
        for (TopicPattern pattern : patterns) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }
}
