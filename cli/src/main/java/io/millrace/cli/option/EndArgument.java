// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Where a read ends, as written after {@code --until} or {@code --to}; always exclusive. */
public sealed interface EndArgument {
    /** What the option takes, for help and messages. */
    String FORM = "now, an offset, P:OFFSET,..., an ISO time or -5m";

    /** What is in the log when the read begins. */
    record Now() implements EndArgument {}

    /** This offset of the only partition. */
    record AtOffset(long offset) implements EndArgument {}

    /** These offsets by partition. */
    record AtOffsets(Map<Integer, Long> offsets) implements EndArgument {}

    /** The first event stored at or after a time. */
    record AtTime(Instant time) implements EndArgument {}

    /** So long ago. */
    record Ago(Duration duration) implements EndArgument {}

    /** The end that a text means. Throws IllegalArgumentException when it is none. */
    static EndArgument parse(String text) {
        if (text.equals("now") || text.equals("end")) {
            return new Now();
        }
        if (text.startsWith("-")) {
            return new Ago(Durations.parse(text.substring(1)));
        }
        return Offsets.parseOne(text)
                .<EndArgument>map(AtOffset::new)
                .or(() -> Offsets.parseSeveral(text).map(AtOffsets::new))
                .or(() -> Moment.parse(text).map(AtTime::new))
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is no end; write " + FORM));
    }
}
