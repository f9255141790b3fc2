// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import io.millrace.cli.console.Console;

/** The forms that events are written in. */
public enum EventFormat {
    /** Aligned columns, cut to the width of the terminal. */
    table,
    /** One JSON array of all events. */
    json,
    /** One JSON object per line. */
    jsonl,
    /** The payload alone and a line feed. */
    raw;

    /** What a person wants to see on a terminal, and a program in a pipe. */
    public static EventFormat defaultFor(Console console) {
        return console.terminal().outIsTerminal() ? table : jsonl;
    }

    /**
     * A writer to standard output.
     *
     * @param severalTopics true where a person has to be told which topic an event is of; JSON tells it always
     */
    public EventWriter writer(Console console, boolean severalTopics) {
        return switch (this) {
            case table -> new TableWriter(console.out(), console.terminal().columns(), severalTopics);
            case json -> new JsonArrayWriter(console.out());
            case jsonl -> event -> console.out().line(EventJson.text(event));
            case raw -> new RawWriter(console.out());
        };
    }
}
