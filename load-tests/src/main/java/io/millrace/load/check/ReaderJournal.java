// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.ArrayList;
import java.util.List;

/**
 * What one reader has read, in order, over all of its sessions: 16 bytes an event. One thread at a time writes.
 */
public final class ReaderJournal {
    /** Stands for a place that is not known. */
    public static final long ANYWHERE = -1;

    private static final int MOST_SESSIONS = 100_000;

    private final String name;
    private final LongColumn places;
    private final LongColumn numbers;
    private final List<Session> sessions = new ArrayList<>();
    private int handOvers;
    private boolean complete;

    /**
     * @param name for a person
     * @param most how many events it may read
     */
    public ReaderJournal(String name, int most) {
        this.name = name;
        this.places = new LongColumn(most);
        this.numbers = new LongColumn(most);
    }

    /** It begins at these offsets, one for each partition, or {@link #ANYWHERE}. */
    public void began(long[] nextOffsets) {
        add(new Session(places.size(), false, nextOffsets.clone()));
    }

    /** It goes on at its cursor, which says these offsets. */
    public void resumed(long[] nextOffsets) {
        add(new Session(places.size(), true, nextOffsets.clone()));
    }

    /** The next event has come; {@link KnownEvents#CORRUPT} for one that is not whole. */
    public void read(int partition, long offset, long number) {
        places.add(Places.of(partition, offset));
        numbers.add(number);
    }

    /** It has gone over from history to live delivery. */
    public void handedOver() {
        handOvers++;
    }

    /** It was there until everything was stored, and so must have read everything. */
    public void complete() {
        complete = true;
    }

    /** How many events it has read. */
    public int size() {
        return places.size();
    }

    /** How often it has gone over from history to live delivery. */
    public int handOvers() {
        return handOvers;
    }

    /** How often it has gone on at a cursor. */
    public int resumes() {
        return (int) sessions.stream().filter(Session::resumed).count();
    }

    /** Whose it is. */
    public String name() {
        return name;
    }

    boolean isComplete() {
        return complete;
    }

    List<Session> sessions() {
        return sessions;
    }

    long place(int entry) {
        return places.get(entry);
    }

    long number(int entry) {
        return numbers.get(entry);
    }

    private void add(Session session) {
        if (sessions.size() == MOST_SESSIONS) {
            throw new IllegalStateException("more than " + MOST_SESSIONS + " sessions of " + name);
        }
        sessions.add(session);
    }

    /** From an entry on, at these offsets. */
    record Session(int firstEntry, boolean resumed, long[] nextOffsets) {}
}
