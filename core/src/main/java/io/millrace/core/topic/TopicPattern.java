// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.topic;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names of topics by their levels, which are what stands between the dots: {@code *} stands for one whole level, and
 * {@code >} at the end for one level or more. {@code orders.*} matches {@code orders.eu} and neither {@code orders} nor
 * {@code orders.eu.west}; {@code orders.>} matches both of the longer ones; {@code >} matches every topic.
 *
 * <p>The rule is that of subjects in NATS. Kafka's own topics, whose names begin with two underscores, match no pattern.
 */
public final class TopicPattern {
    private static final String ONE = "*";
    private static final String REST = ">";
    private static final int MAX_LENGTH = 249;

    private final String text;
    private final List<String> levels;

    private TopicPattern(String text) {
        this.text = text;
        this.levels = levels(text);
    }

    /** The pattern, or nothing where the text breaks the rule or has no wildcard. */
    public static Optional<TopicPattern> parse(String text) {
        return isLegal(text) ? Optional.of(new TopicPattern(text)) : Optional.empty();
    }

    /** True when the text is meant as a pattern, right or wrong: no name of a topic has such a character. */
    public static boolean isMeant(String text) {
        return text.contains(ONE) || text.contains(REST);
    }

    /** True when the name is one of those that are meant. */
    public boolean matches(TopicName name) {
        if (name.isInternal()) {
            return false;
        }
        List<String> named = levels(name.value());
        boolean open = levels.get(levels.size() - 1).equals(REST);
        if (open ? named.size() < levels.size() : named.size() != levels.size()) {
            return false;
        }
        for (int i = 0; i < levels.size() - (open ? 1 : 0); i++) {
            if (!levels.get(i).equals(ONE) && !levels.get(i).equals(named.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopicPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private static boolean isLegal(String text) {
        if (!isMeant(text) || text.length() > MAX_LENGTH) {
            return false;
        }
        List<String> levels = levels(text);
        for (int i = 0; i < levels.size(); i++) {
            String level = levels.get(i);
            boolean rest = level.equals(REST) && i == levels.size() - 1;
            if (!rest && !level.equals(ONE) && TopicName.parse(level).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static List<String> levels(String text) {
        return List.of(text.split("\\.", -1));
    }
}
