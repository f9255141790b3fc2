// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the checker has found.
 *
 * @param acked events that were acknowledged
 * @param stored events that the log holds, repeats included
 * @param read events that readers have received, all together
 * @param unknown events whose outcome the publisher was not told
 * @param unknownStored how many of those are stored
 * @param repeatedWithoutIdentity events stored again by publishers that do not promise otherwise; no violation
 * @param lost events that were acknowledged and are not stored, or that a reader that was there to the end never got
 * @param duplicated events stored again although their publisher has an identity, and events that a reader got twice
 * @param reordered events out of the order of their publisher and key, at another place than acknowledged, or read out
 *     of order
 * @param unexplainedGaps runs of stored events that a reader has passed over
 * @param phantom events stored or read that nobody sent, that were refused, or that are not stored there
 * @param corrupt events whose bytes were not their own
 * @param examples the first violations, in words
 */
public record Verdict(
        long acked,
        long stored,
        long read,
        long unknown,
        long unknownStored,
        long repeatedWithoutIdentity,
        long lost,
        long duplicated,
        long reordered,
        long unexplainedGaps,
        long phantom,
        long corrupt,
        List<String> examples) {
    static final int MOST_EXAMPLES = 20;

    /** Copies the list. */
    public Verdict {
        examples = List.copyOf(examples);
    }

    /** Nothing was looked at. */
    public static Verdict nothing() {
        return new Verdict(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());
    }

    /** How much is wrong. */
    public long violations() {
        return lost + duplicated + reordered + unexplainedGaps + phantom + corrupt;
    }

    /** Both together. */
    public Verdict plus(Verdict other) {
        return new Verdict(
                acked + other.acked,
                stored + other.stored,
                read + other.read,
                unknown + other.unknown,
                unknownStored + other.unknownStored,
                repeatedWithoutIdentity + other.repeatedWithoutIdentity,
                lost + other.lost,
                duplicated + other.duplicated,
                reordered + other.reordered,
                unexplainedGaps + other.unexplainedGaps,
                phantom + other.phantom,
                corrupt + other.corrupt,
                Stream.concat(examples.stream(), other.examples.stream())
                        .limit(MOST_EXAMPLES)
                        .toList());
    }
}
