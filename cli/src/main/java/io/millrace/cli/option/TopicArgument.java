// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPattern;

/** What a reading command reads: a topic, or all topics whose names fit a pattern. */
public sealed interface TopicArgument {
    /** What it takes, for help. */
    String FORM = "A name, or a pattern in quotes: 'shop.*' for one level more, 'shop.>' for all below.";

    /** A topic, which has to be there. */
    record Named(TopicName topic) implements TopicArgument {
        @Override
        public String toString() {
            return topic.toString();
        }
    }

    /** All topics that match, now and later. */
    record Matching(TopicPattern pattern) implements TopicArgument {
        @Override
        public String toString() {
            return pattern.toString();
        }
    }

    /** What a text means. Throws IllegalArgumentException when it is neither. */
    static TopicArgument parse(String text) {
        if (!TopicPattern.isMeant(text)) {
            return new Named(new TopicName(text));
        }
        return TopicPattern.parse(text)
                .map(Matching::new)
                .orElseThrow(() -> new IllegalArgumentException("'" + text
                        + "' is no pattern; write 'orders.*' for one level more, or 'orders.>' for all below"));
    }
}
