// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/** Holds what one reader has read against what is stored. */
final class Reading {
    private final ReaderJournal journal;
    private final StoredLog log;
    private final Publications publications;
    private final Findings findings;
    private final BitSet[] seen;
    /** Where the reader began, for each partition. */
    private final long[] first;
    /** Behind the furthest that it has read. */
    private final long[] next;

    Reading(ReaderJournal journal, StoredLog log, Publications publications, Findings findings) {
        this.journal = journal;
        this.log = log;
        this.publications = publications;
        this.findings = findings;
        seen = Stream.generate(BitSet::new).limit(log.partitions()).toArray(BitSet[]::new);
        first = new long[log.partitions()];
        next = new long[log.partitions()];
        Arrays.fill(first, ReaderJournal.ANYWHERE);
        Arrays.fill(next, ReaderJournal.ANYWHERE);
    }

    void check() {
        List<ReaderJournal.Session> sessions = journal.sessions();
        for (int i = 0; i < sessions.size(); i++) {
            begin(sessions.get(i));
            int end = i + 1 < sessions.size() ? sessions.get(i + 1).firstEntry() : journal.size();
            for (int entry = sessions.get(i).firstEntry(); entry < end; entry++) {
                read(journal.place(entry), journal.number(entry));
            }
        }
        for (int partition = 0; partition < next.length; partition++) {
            end(partition);
        }
    }

    private void begin(ReaderJournal.Session session) {
        for (int partition = 0; partition < next.length; partition++) {
            long offset = session.nextOffsets()[partition];
            if (offset == ReaderJournal.ANYWHERE) {
                continue;
            }
            if (next[partition] == ReaderJournal.ANYWHERE) {
                first[partition] = offset;
                next[partition] = offset;
            } else if (session.resumed()) {
                resume(partition, offset);
            }
        }
    }

    /** Where a cursor and the reader differ, no event may lie between. */
    private void resume(int partition, long offset) {
        if (log.count(partition, next[partition], offset) > 0) {
            findings.add(
                    Findings.Kind.UNEXPLAINED_GAP,
                    "the cursor of %s says %d@%d after it has read up to %d",
                    journal.name(),
                    partition,
                    offset,
                    next[partition]);
        } else if (log.count(partition, offset, next[partition]) > 0) {
            findings.add(
                    Findings.Kind.DUPLICATED,
                    "the cursor of %s says %d@%d although it has read up to %d",
                    journal.name(),
                    partition,
                    offset,
                    next[partition]);
        }
    }

    private void read(long place, long number) {
        int partition = Places.partition(place);
        long offset = Places.offset(place);
        findings.read++;
        if (partition >= next.length) {
            findings.add(Findings.Kind.PHANTOM, "%s read from %s", journal.name(), Places.describe(place));
            return;
        }
        compare(partition, offset, number);
        if (next[partition] == ReaderJournal.ANYWHERE) {
            first[partition] = offset;
            next[partition] = offset;
        }
        if (offset >= next[partition]) {
            next[partition] = offset + 1;
        } else {
            boolean again = offset < first[partition] || seen[partition].get((int) offset);
            findings.add(
                    again ? Findings.Kind.DUPLICATED : Findings.Kind.REORDERED,
                    "%s read %d@%d after having read up to %d",
                    journal.name(),
                    partition,
                    offset,
                    next[partition]);
        }
        seen[partition].set((int) offset);
    }

    private void compare(int partition, long offset, long number) {
        if (number == KnownEvents.CORRUPT) {
            findings.add(Findings.Kind.CORRUPT, "read by %s at %d@%d", journal.name(), partition, offset);
        } else if (!log.holds(partition, offset) || !publications.wasSent(number)) {
            findings.add(
                    Findings.Kind.PHANTOM,
                    "%s read %s at %d@%d, which is not there",
                    journal.name(),
                    KnownEvents.describe(number),
                    partition,
                    offset);
        } else if (log.at(partition, offset) != number) {
            findings.add(
                    Findings.Kind.REORDERED,
                    "%s read %s at %d@%d, where %s is stored",
                    journal.name(),
                    KnownEvents.describe(number),
                    partition,
                    offset,
                    KnownEvents.describe(log.at(partition, offset)));
        }
    }

    private void end(int partition) {
        long missed = 0;
        for (long offset = Math.max(0, first[partition]); offset < next[partition]; offset++) {
            boolean isMissed = log.holds(partition, offset) && !seen[partition].get((int) offset);
            if (!isMissed && missed > 0) {
                gap(partition, offset, missed);
                missed = 0;
            }
            missed += isMissed ? 1 : 0;
        }
        if (missed > 0) {
            gap(partition, next[partition], missed);
        }
        long notRead = log.count(partition, Math.max(0, next[partition]), log.end(partition));
        if (journal.isComplete() && notRead > 0) {
            findings.add(
                    Findings.Kind.LOST,
                    notRead,
                    "%s has not read the last %d events of partition %d",
                    journal.name(),
                    notRead,
                    partition);
        }
    }

    private void gap(int partition, long end, long events) {
        findings.add(
                Findings.Kind.UNEXPLAINED_GAP,
                "%s has missed %d events before %d@%d",
                journal.name(),
                events,
                partition,
                end);
    }
}
