// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.check.Verdict;
import java.util.List;

/**
 * What one run has shown.
 *
 * @param seed it can be repeated with
 * @param identity whether publishers promised that each event is stored once
 * @param injected the faults, in order
 * @param verdict of the checker
 * @param readers how many there were
 * @param handovers how often a reader has gone over from history to live delivery
 * @param resumes how often a reader has gone on at its cursor
 * @param reconnects how often the SDK has opened a reader's stream again
 * @param stalled faults after which something did not go on, and publishers or readers that did not come to their end
 * @param failures what a user of the SDK should never have seen: how often
 * @param failureExamples the first of them, in words
 * @param seconds how long it took, starting and checking included
 */
public record FaultOutcome(
        long seed,
        boolean identity,
        List<FaultRecord> injected,
        Verdict verdict,
        int readers,
        long handovers,
        long resumes,
        long reconnects,
        long stalled,
        long failures,
        List<String> failureExamples,
        double seconds) {
    /** Copies the lists. */
    public FaultOutcome {
        injected = List.copyOf(injected);
        failureExamples = List.copyOf(failureExamples);
    }

    /** Nothing is wrong. */
    boolean isClean() {
        return verdict.violations() == 0 && stalled == 0 && failures == 0;
    }
}
