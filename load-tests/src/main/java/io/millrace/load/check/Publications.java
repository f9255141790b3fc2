// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds what is stored against what was sent and acknowledged. */
final class Publications {
    private final KnownEvents events;
    private final Map<Integer, Standing> publishers;
    private final int[] partitionOfKey;
    private final Findings findings;

    Publications(KnownEvents events, List<PublisherJournal> journals, Findings findings) {
        this.events = events;
        this.findings = findings;
        this.publishers = journals.stream()
                .map(journal -> new Standing(journal, events.keys()))
                .collect(Collectors.toMap(standing -> standing.journal.producer(), Function.identity()));
        this.partitionOfKey = new int[events.keys()];
        Arrays.fill(partitionOfKey, -1);
    }

    void check(StoredLog log) {
        for (int partition = 0; partition < log.partitions(); partition++) {
            for (long offset = 0; offset < log.end(partition); offset++) {
                if (log.holds(partition, offset)) {
                    stored(partition, offset, log.at(partition, offset));
                }
            }
        }
        publishers.values().forEach(publisher -> settled(publisher, log));
    }

    /** Whether somebody has sent it. */
    boolean wasSent(long number) {
        return publisher(number) != null;
    }

    private void stored(int partition, long offset, long number) {
        findings.stored++;
        Standing publisher = publisher(number);
        if (number == KnownEvents.CORRUPT) {
            findings.add(Findings.Kind.CORRUPT, "stored at %d@%d", partition, offset);
        } else if (publisher == null) {
            findings.add(
                    Findings.Kind.PHANTOM,
                    "%s is stored at %d@%d and was never sent",
                    KnownEvents.describe(number),
                    partition,
                    offset);
        } else {
            stored(publisher, partition, offset, number);
        }
    }

    private void stored(Standing publisher, int partition, long offset, long number) {
        int sequence = (int) KnownEvents.sequence(number);
        if (publisher.journal.isRefused(sequence)) {
            findings.add(
                    Findings.Kind.PHANTOM,
                    "%s was refused and is stored at %d@%d",
                    KnownEvents.describe(number),
                    partition,
                    offset);
        }
        if (publisher.stored.get(sequence)) {
            repeated(publisher, partition, offset, number);
            return;
        }
        publisher.stored.set(sequence);
        int key = events.key(number);
        if (partitionOfKey[key] < 0) {
            partitionOfKey[key] = partition;
        }
        if (partitionOfKey[key] != partition || publisher.lastOfKey[key] > sequence) {
            findings.add(
                    Findings.Kind.REORDERED,
                    "%s at %d@%d after event %d of the same key",
                    KnownEvents.describe(number),
                    partition,
                    offset,
                    publisher.lastOfKey[key]);
        }
        publisher.lastOfKey[key] = Math.max(publisher.lastOfKey[key], sequence);
    }

    private void repeated(Standing publisher, int partition, long offset, long number) {
        if (publisher.journal.hasIdentity()) {
            findings.add(
                    Findings.Kind.DUPLICATED,
                    "%s is stored again at %d@%d",
                    KnownEvents.describe(number),
                    partition,
                    offset);
        } else {
            findings.repeatedWithoutIdentity++;
        }
    }

    private void settled(Standing publisher, StoredLog log) {
        PublisherJournal journal = publisher.journal;
        for (int sequence = 0; sequence < journal.size(); sequence++) {
            if (journal.isAcknowledged(sequence)) {
                findings.acked++;
                acknowledged(publisher, sequence, log);
            } else if (!journal.isRefused(sequence)) {
                findings.unknown++;
                findings.unknownStored += publisher.stored.get(sequence) ? 1 : 0;
            }
        }
    }

    private void acknowledged(Standing publisher, int sequence, StoredLog log) {
        long number = KnownEvents.number(publisher.journal.producer(), sequence);
        long place = publisher.journal.place(sequence);
        int partition = Places.partition(place);
        long offset = Places.offset(place);
        if (log.holds(partition, offset) && log.at(partition, offset) == number) {
            return;
        }
        boolean elsewhere = publisher.stored.get(sequence);
        findings.add(
                elsewhere ? Findings.Kind.REORDERED : Findings.Kind.LOST,
                "%s was acknowledged at %s and is %s",
                KnownEvents.describe(number),
                Places.describe(place),
                elsewhere ? "elsewhere" : "not stored");
    }

    /** Who has sent it, or nobody. */
    private @Nullable Standing publisher(long number) {
        if (number < 0) {
            return null;
        }
        Standing publisher = publishers.get(KnownEvents.producer(number));
        return publisher != null && KnownEvents.sequence(number) < publisher.journal.size() ? publisher : null;
    }

    /** One publisher while the log is gone through. */
    private static final class Standing {
        private final PublisherJournal journal;
        private final BitSet stored = new BitSet();
        private final int[] lastOfKey;

        Standing(PublisherJournal journal, int keys) {
            this.journal = journal;
            this.lastOfKey = new int[keys];
            Arrays.fill(lastOfKey, -1);
        }
    }
}
