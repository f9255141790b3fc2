// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.topic;

import java.util.Optional;

/**
 * The name of a topic: 1 to 249 characters of {@code [a-zA-Z0-9._-]}, never {@code "."} or {@code ".."}.
 *
 * <p>The rule is Kafka's own, so every name accepted here can be bridged unchanged.
 */
public record TopicName(String value) implements Comparable<TopicName> {
    private static final int MAX_LENGTH = 249;

    /** Checks the rule. */
    public TopicName {
        if (!isLegal(value)) {
            throw new IllegalArgumentException(
                    "topic name '" + abbreviated(value) + "' is not 1..249 of [a-zA-Z0-9._-], nor may it be . or ..");
        }
    }

    /** The name, or nothing where the text breaks the rule. */
    public static Optional<TopicName> parse(String value) {
        return isLegal(value) ? Optional.of(new TopicName(value)) : Optional.empty();
    }

    /** True for the topics of Kafka's and Millrace's own, whose names begin with two underscores. */
    public boolean isInternal() {
        return value.startsWith("__");
    }

    @Override
    public int compareTo(TopicName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean isLegal(String value) {
        return !value.isEmpty()
                && value.length() <= MAX_LENGTH
                && !value.equals(".")
                && !value.equals("..")
                && value.chars().allMatch(TopicName::isLegal);
    }

    private static boolean isLegal(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    private static String abbreviated(String value) {
        return value.length() <= MAX_LENGTH ? value : value.substring(0, 40) + "…";
    }
}
