// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.Arrays;

/**
 * What one publisher has sent, and what it was told of each event: 8 bytes an event, made at once.
 *
 * <p><b>Threads.</b> One thread sends and another one settles; what was written is for the checker when both have ended.
 */
public final class PublisherJournal {
    private static final long UNSETTLED = -1;
    private static final long UNKNOWN = -2;
    private static final long REFUSED = -3;

    private final int producer;
    private final boolean identity;
    private final long[] fates;
    private volatile int sent;

    /**
     * @param producer its number
     * @param identity true when it promises that each of its events is stored once
     * @param most how many events it may send
     */
    public PublisherJournal(int producer, boolean identity, int most) {
        this.producer = producer;
        this.identity = identity;
        this.fates = new long[most];
        Arrays.fill(fates, UNSETTLED);
    }

    /** The next event goes out; returns its sequence. Errors with IllegalStateException when the journal is full. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread sends
    public long sent() {
        if (sent == fates.length) {
            throw new IllegalStateException("a journal of " + fates.length + " events is full");
        }
        return sent++;
    }

    /** An event is stored, at this place. */
    public void acknowledged(long sequence, int partition, long offset) {
        fates[Math.toIntExact(sequence)] = Places.of(partition, offset);
    }

    /** Nobody knows whether an event is stored. */
    public void unknown(long sequence) {
        fates[Math.toIntExact(sequence)] = UNKNOWN;
    }

    /** An event is certainly not stored. */
    public void refused(long sequence) {
        fates[Math.toIntExact(sequence)] = REFUSED;
    }

    /** How many events it has sent. */
    public int size() {
        return sent;
    }

    int producer() {
        return producer;
    }

    boolean hasIdentity() {
        return identity;
    }

    boolean isAcknowledged(int sequence) {
        return fates[sequence] >= 0;
    }

    boolean isRefused(int sequence) {
        return fates[sequence] == REFUSED;
    }

    /** Of an acknowledged event. */
    long place(int sequence) {
        return fates[sequence];
    }
}
