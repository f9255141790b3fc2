// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Where a read begins, as written after {@code --from}. */
public sealed interface StartArgument {
    /** What {@code --from} takes, for help and messages. */
    String FORM = "now, beginning, an offset, P:OFFSET,..., an ISO time, -15m or last:N";

    /** Only what is published from now on. */
    record Now() implements StartArgument {}

    /** Everything that is still kept. */
    record Beginning() implements StartArgument {}

    /** This offset of the only partition. */
    record AtOffset(long offset) implements StartArgument {}

    /** These offsets by partition; other partitions are not read. */
    record AtOffsets(Map<Integer, Long> offsets) implements StartArgument {}

    /** The first event stored at or after a time. */
    record AtTime(Instant time) implements StartArgument {}

    /** So long ago. */
    record Ago(Duration duration) implements StartArgument {}

    /** About the last so many events over all partitions. */
    record Last(long count) implements StartArgument {}

    /** The start that a text means. Throws IllegalArgumentException when it is none. */
    static StartArgument parse(String text) {
        if (text.equals("now") || text.equals("latest")) {
            return new Now();
        }
        if (text.equals("beginning") || text.equals("earliest")) {
            return new Beginning();
        }
        if (text.startsWith("last:")) {
            return last(text);
        }
        if (text.startsWith("-")) {
            return new Ago(Durations.parse(text.substring(1)));
        }
        return Offsets.parseOne(text)
                .<StartArgument>map(AtOffset::new)
                .or(() -> Offsets.parseSeveral(text).map(AtOffsets::new))
                .or(() -> Moment.parse(text).map(AtTime::new))
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is no start; write " + FORM));
    }

    private static StartArgument last(String text) {
        return Offsets.parseOne(text.substring("last:".length()))
                .map(Last::new)
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is no start; write last:100"));
    }
}
