// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.util.Locale;
import java.util.Optional;

/**
 * One line that the child says to its parent on its standard output: a mark, a word and a text without line ends.
 *
 * <p>Lines without the mark come from the JVM or a library; they are not part of the conversation.
 */
record NodeLine(Word word, String text) {
    private static final String MARK = "@millrace-node ";

    /** What can be said. The text is given in brackets. */
    enum Word {
        /** The directory is held by another node (who). */
        WAITING,
        /** The directory is new (nothing). */
        FORMATTING,
        /** Kafka starts (nothing). */
        STARTING,
        /** Clients can connect (the port). */
        READY,
        /** Last words: the port is taken (the port). */
        PORT_TAKEN,
        /** Last words: the directory was not released in time (who holds it). */
        DIRECTORY_IN_USE,
        /** Last words: anything else (the cause). */
        FAILED
    }

    NodeLine {
        text = text.lines().map(String::strip).reduce((a, b) -> a + " | " + b).orElse("");
    }

    static Optional<NodeLine> parse(String line) {
        if (!line.startsWith(MARK)) {
            return Optional.empty();
        }
        String[] parts = line.substring(MARK.length()).split(" ", 2);
        return Optional.of(
                new NodeLine(Word.valueOf(parts[0].toUpperCase(Locale.ROOT)), parts.length > 1 ? parts[1] : ""));
    }

    /** The line as it is sent, without its end. */
    String format() {
        return MARK + word.name().toLowerCase(Locale.ROOT) + (text.isEmpty() ? "" : " " + text);
    }
}
