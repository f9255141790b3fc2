// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * When each publisher may send its next events: by the clock while faults happen, fifty times a second some, then as fast
 * as it can. Thread-safe.
 */
public final class Pace {
    private static final int BURSTS_PER_SECOND = 50;
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final FaultSettings settings;
    private final long startNanos = System.nanoTime();
    private final long eventsOfBurst;
    private final AtomicLong ahead = new AtomicLong();
    private volatile boolean faultsAreOver;
    private volatile boolean stopped;

    /** The clock begins now. */
    public Pace(FaultSettings settings) {
        this.settings = settings;
        this.eventsOfBurst = Math.max(1, settings.eventsPerSecond() / FaultSettings.PUBLISHERS / BURSTS_PER_SECOND);
    }

    /** Each publisher may send so many more events at once than the clock lets it. */
    public void surge(int eventsOfEach) {
        ahead.addAndGet(eventsOfEach);
    }

    /** The last fault is over: from now on nothing is held back, and publishers end when they have sent enough. */
    public void faultsAreOver() {
        faultsAreOver = true;
    }

    /** Publishers end with the next event. */
    public void stop() {
        stopped = true;
    }

    /**
     * Waits for the turn of an event. False when it need not be sent any more.
     *
     * @param sequence of the event
     * @param failed how many events of the publisher have failed, which it makes up for
     */
    boolean await(long sequence, long failed) {
        while (!stopped && sequence < settings.mostOfEach()) {
            if (faultsAreOver) {
                return sequence < settings.eventsOfEach() + failed;
            }
            long left = dueNanos(sequence - ahead.get()) - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            LockSupport.parkNanos(Math.min(left, LOOK_EVERY_NANOS));
        }
        return false;
    }

    private long dueNanos(long paced) {
        long burst = Math.floorDiv(paced, eventsOfBurst);
        return startNanos + burst * TimeUnit.SECONDS.toNanos(1) / BURSTS_PER_SECOND;
    }
}
