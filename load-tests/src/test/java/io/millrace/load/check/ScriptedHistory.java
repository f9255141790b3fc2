// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A history in which nothing is wrong, made from a seed: some events refused, some of unknown outcome, holes between
 * offsets, repeats of a publisher without identity, readers that leave and resume. It can be spoilt before it is checked.
 */
final class ScriptedHistory {
    static final int PARTITIONS = 3;
    private static final int PRODUCERS = 3;
    private static final int WITHOUT_IDENTITY = 2;
    private static final int EVENTS_OF_EACH = 150;
    private static final int KEYS = 12;

    /** Stands for an offset without an event. */
    static final long HOLE = Long.MIN_VALUE;

    final SplittableRandom random;
    final KnownEvents events;
    final List<List<Long>> log = new ArrayList<>();
    final List<Sent> sent = new ArrayList<>();
    final List<Read> readers = new ArrayList<>();

    /** What has become of an event. */
    enum Fate {
        ACKNOWLEDGED,
        UNKNOWN,
        REFUSED
    }

    /** An event that was sent. */
    static final class Sent {
        final long number;
        Fate fate;
        int partition;
        long offset;

        Sent(long number, Fate fate, int partition, long offset) {
            this.number = number;
            this.fate = fate;
            this.partition = partition;
            this.offset = offset;
        }

        int producer() {
            return KnownEvents.producer(number);
        }
    }

    /** An event that was read. */
    record Entry(int partition, long offset, long number) {}

    /** What was read from one cursor on. */
    static final class Session {
        final boolean resumed;
        final long[] next;
        final List<Entry> entries = new ArrayList<>();

        Session(boolean resumed, long[] next) {
            this.resumed = resumed;
            this.next = next.clone();
        }
    }

    /** A reader. */
    static final class Read {
        final boolean complete;
        final List<Session> sessions = new ArrayList<>();

        Read(boolean complete) {
            this.complete = complete;
        }

        Session last() {
            return sessions.get(sessions.size() - 1);
        }
    }

    ScriptedHistory(long seed) {
        random = new SplittableRandom(seed);
        events = new KnownEvents(seed, KEYS);
        IntStream.range(0, PARTITIONS).forEach(partition -> log.add(new ArrayList<>()));
        publish();
        read(new long[PARTITIONS], true);
        long[] middle = log.stream()
                .mapToLong(partition -> random.nextInt(partition.size() / 2))
                .toArray();
        read(middle, true);
        read(middle, false);
    }

    /** Events in the order in which they were sent. */
    List<Sent> sent(Predicate<Sent> which) {
        return sent.stream().filter(which).toList();
    }

    /** One of them. */
    Sent anySent(Predicate<Sent> which) {
        return any(sent(which));
    }

    <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** Its publisher promises that it is stored once. */
    static boolean hasIdentity(Sent event) {
        return event.producer() != WITHOUT_IDENTITY;
    }

    /** One of the readers that stay to the end. */
    Read anyReader() {
        return any(readers.stream().filter(reader -> reader.complete).toList());
    }

    /** An event of such a reader that another one of its partition follows in the same session. */
    Spot anySpot(Predicate<Spot> which) {
        List<Spot> spots = new ArrayList<>();
        for (Session session : anyReader().sessions) {
            IntStream.range(0, session.entries.size())
                    .filter(index -> isFollowed(session, index))
                    .mapToObj(index -> new Spot(session, index))
                    .filter(which)
                    .forEach(spots::add);
        }
        return any(spots);
    }

    /** One event of a session. */
    record Spot(Session session, int index) {
        Entry entry() {
            return session.entries.get(index);
        }

        /** Index of the next event of the same partition. */
        int following() {
            return IntStream.range(index + 1, session.entries.size())
                    .filter(i -> session.entries.get(i).partition() == entry().partition())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Appends at the end of a partition, for the readers that were there too. */
    void append(int partition, long number) {
        long offset = log.get(partition).size();
        log.get(partition).add(number);
        readers.stream()
                .filter(reader -> reader.complete)
                .forEach(reader -> reader.last().entries.add(new Entry(partition, offset, number)));
    }

    /** Replaces an event of the log, for all readers. */
    void replace(int partition, long offset, long number) {
        log.get(partition).set((int) offset, number);
        for (Read reader : readers) {
            for (Session session : reader.sessions) {
                session.entries.replaceAll(entry -> entry.partition() == partition && entry.offset() == offset
                        ? new Entry(partition, offset, number)
                        : entry);
                session.entries.removeIf(entry -> entry.number() == HOLE);
            }
        }
    }

    Verdict check() {
        int most = 4 * PRODUCERS * EVENTS_OF_EACH;
        StoredLog stored = new StoredLog(PARTITIONS, most);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (int offset = 0; offset < log.get(partition).size(); offset++) {
                long number = log.get(partition).get(offset);
                if (number != HOLE) {
                    stored.stored(partition, offset, number);
                }
            }
        }
        return Checker.check(
                events,
                stored,
                IntStream.range(0, PRODUCERS).mapToObj(this::publisher).toList(),
                readers.stream().map(reader -> journal(reader, most)).toList());
    }

    private void publish() {
        long[] next = new long[PRODUCERS];
        while (Arrays.stream(next).sum() < (long) PRODUCERS * EVENTS_OF_EACH) {
            int producer = random.nextInt(PRODUCERS);
            if (next[producer] < EVENTS_OF_EACH) {
                send(KnownEvents.number(producer, next[producer]++));
            }
        }
    }

    private void send(long number) {
        List<Long> partition = log.get(events.key(number) % PARTITIONS);
        if (chance(2)) {
            partition.add(HOLE);
        }
        Fate fate = chance(3) ? Fate.REFUSED : chance(4) ? Fate.UNKNOWN : Fate.ACKNOWLEDGED;
        sent.add(new Sent(number, fate, events.key(number) % PARTITIONS, partition.size()));
        if (fate == Fate.ACKNOWLEDGED || (fate == Fate.UNKNOWN && chance(50))) {
            partition.add(number);
            if (KnownEvents.producer(number) == WITHOUT_IDENTITY && chance(8)) {
                partition.add(number);
            }
        }
    }

    private void read(long[] from, boolean complete) {
        Read reader = new Read(complete);
        readers.add(reader);
        long[] next = from.clone();
        reader.sessions.add(new Session(false, next));
        while (IntStream.range(0, PARTITIONS).anyMatch(p -> next[p] < log.get(p).size())) {
            int partition = random.nextInt(PARTITIONS);
            if (next[partition] < log.get(partition).size()) {
                long offset = next[partition]++;
                long number = log.get(partition).get((int) offset);
                if (number != HOLE) {
                    reader.last().entries.add(new Entry(partition, offset, number));
                }
            }
            if (chance(2)) {
                reader.sessions.add(new Session(true, next));
            }
            if (!complete && chance(1)) {
                return;
            }
        }
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private static boolean isFollowed(Session session, int index) {
        int partition = session.entries.get(index).partition();
        return IntStream.range(index + 1, session.entries.size())
                .anyMatch(i -> session.entries.get(i).partition() == partition);
    }

    private PublisherJournal publisher(int producer) {
        PublisherJournal journal = new PublisherJournal(producer, producer != WITHOUT_IDENTITY, EVENTS_OF_EACH);
        for (Sent event : sent(candidate -> candidate.producer() == producer)) {
            long sequence = journal.sent();
            switch (event.fate) {
                case ACKNOWLEDGED -> journal.acknowledged(sequence, event.partition, event.offset);
                case UNKNOWN -> journal.unknown(sequence);
                case REFUSED -> journal.refused(sequence);
            }
        }
        return journal;
    }

    private static ReaderJournal journal(Read reader, int most) {
        ReaderJournal journal = new ReaderJournal("reader", most);
        for (Session session : reader.sessions) {
            if (session.resumed) {
                journal.resumed(session.next);
            } else {
                journal.began(session.next);
            }
            session.entries.forEach(entry -> journal.read(entry.partition(), entry.offset(), entry.number()));
        }
        if (reader.complete) {
            journal.complete();
        }
        return journal;
    }
}
