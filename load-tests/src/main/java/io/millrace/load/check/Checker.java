// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.List;

/**
 * Holds what publishers were told, what the log holds and what readers have read against each other. The offsets give
 * the order, so it takes one pass over each journal.
 */
public final class Checker {
    private Checker() {}

    /** What is wrong; to be asked when nobody writes to the journals any more. */
    public static Verdict check(
            KnownEvents events, StoredLog log, List<PublisherJournal> publishers, List<ReaderJournal> readers) {
        Findings findings = new Findings();
        Publications publications = new Publications(events, publishers, findings);
        publications.check(log);
        readers.forEach(reader -> new Reading(reader, log, publications, findings).check());
        return findings.verdict();
    }
}
