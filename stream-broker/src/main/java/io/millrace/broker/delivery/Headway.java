// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import java.time.Duration;
import java.util.List;

/**
 * Whether a stream that reads history may be held back. One that has sent less than {@link #FREE_BYTES} since it began or
 * was last live may not: it is soon live, or again. And one that does not gain on what is written meanwhile may not, or
 * it would never be: in the last second it has gone on less than twice as far as its topics have grown. Not thread-safe.
 */
final class Headway {
    /** Three rings. */
    static final long FREE_BYTES = 48L << 20;

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int ENOUGH = 2;

    private long freeBytes = FREE_BYTES;
    private boolean noted;
    private long notedNanos;
    private long place;
    private long head;
    private boolean gains = true;

    /** What is read from now on is a new replay. */
    void becameLive() {
        freeBytes = FREE_BYTES;
        noted = false;
        gains = true;
    }

    /** A batch of history has been sent. Looks at the cursors once a second. */
    boolean mayWait(int bytes, long nowNanos, List<PartitionCursor> cursors) {
        if (freeBytes > 0) {
            freeBytes -= bytes;
            return false;
        }
        if (!noted || nowNanos - notedNanos >= INTERVAL_NANOS) {
            long placeNow =
                    cursors.stream().mapToLong(PartitionCursor::nextOffset).sum();
            long headNow = placeNow
                    + cursors.stream().mapToLong(PartitionCursor::lagEvents).sum();
            note(nowNanos, placeNow, headNow);
        }
        return gains;
    }

    /** What one look has found: the sums of the offsets to be read next, and of the live ends. */
    void note(long nowNanos, long placeNow, long headNow) {
        gains = !noted || placeNow - place >= ENOUGH * (headNow - head);
        noted = true;
        notedNanos = nowNanos;
        place = placeNow;
        head = headNow;
    }

    boolean gains() {
        return gains;
    }
}
