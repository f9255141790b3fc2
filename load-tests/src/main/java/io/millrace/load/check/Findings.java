// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what is found, and keeps the first of it in words. */
final class Findings {
    enum Kind {
        LOST,
        DUPLICATED,
        REORDERED,
        UNEXPLAINED_GAP,
        PHANTOM,
        CORRUPT
    }

    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final List<String> examples = new ArrayList<>();
    long acked;
    long stored;
    long read;
    long unknown;
    long unknownStored;
    long repeatedWithoutIdentity;

    void add(Kind kind, String format, Object... arguments) {
        add(kind, 1, format, arguments);
    }

    void add(Kind kind, long times, String format, Object... arguments) {
        counts.merge(kind, times, Long::sum);
        if (examples.size() < Verdict.MOST_EXAMPLES) {
            examples.add(kind + ": " + String.format(format, arguments));
        }
    }

    Verdict verdict() {
        return new Verdict(
                acked,
                stored,
                read,
                unknown,
                unknownStored,
                repeatedWithoutIdentity,
                of(Kind.LOST),
                of(Kind.DUPLICATED),
                of(Kind.REORDERED),
                of(Kind.UNEXPLAINED_GAP),
                of(Kind.PHANTOM),
                of(Kind.CORRUPT),
                examples);
    }

    private long of(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }
}
