// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import java.time.Duration;
import java.util.List;

/**
 * Whether a replay gains on what is written meanwhile: in the last second it has gone on at least twice as far as its
 * topics have grown. One that does not must not be held back, or it would never become live. Not thread-safe.
 */
final class Headway {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int ENOUGH = 2;

    private long sinceNanos = Long.MIN_VALUE;
    private long place;
    private long head;
    private boolean gains = true;

    /** Looks at the cursors once a second. */
    boolean gains(long nowNanos, List<PartitionCursor> cursors) {
        if (sinceNanos == Long.MIN_VALUE || nowNanos - sinceNanos >= INTERVAL_NANOS) {
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
        gains = sinceNanos == Long.MIN_VALUE || placeNow - place >= ENOUGH * (headNow - head);
        sinceNanos = nowNanos;
        place = placeNow;
        head = headNow;
    }

    boolean gains() {
        return gains;
    }
}
