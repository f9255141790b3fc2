// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import java.time.Duration;

/**
 * Whether a stream that reads history may be held back. A short replay may not: it is soon live, or again. Short is one
 * that has sent no more than {@link #FREE_BYTES} since it began or was last live, and has no more than that before it, by
 * what its events so far have taken. And one that does not gain on what is written meanwhile may not, or it would never
 * be live: in the last second it has gone on less than twice as far as its topics have grown. Not thread-safe.
 */
final class Headway {
    /** Where a stream stands: sums over its partitions. */
    interface Course {
        /** Of the offsets to be read next. */
        long place();

        /** Of the offsets up to the live ends. */
        long lagEvents();

        /** Of the offsets up to where its reads end, or to the live ends. */
        long offsetsToCome();
    }

    /** Three rings. */
    static final long FREE_BYTES = 48L << 20;

    /** What tells how large its events are. */
    static final long SAMPLE_BYTES = 1L << 20;

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int ENOUGH = 2;

    private long sentBytes;
    private int firstBytes;
    private long placeBehindFirst;
    private boolean isLong;

    private boolean noted;
    private long notedNanos;
    private long place;
    private long head;
    private boolean gains;

    /** What is read from now on is a new replay. */
    void begin() {
        sentBytes = 0;
        isLong = false;
        noted = false;
    }

    /** A batch of history has been sent. Looks at the course when it has a sample, and then once a second. */
    boolean mayWait(int bytes, long nowNanos, Course course) {
        if (!isLong) {
            isLong = provesLong(bytes, course);
        }
        if (isLong && (!noted || nowNanos - notedNanos >= INTERVAL_NANOS)) {
            note(nowNanos, course.place(), course.place() + course.lagEvents());
        }
        return isLong && gains;
    }

    private boolean provesLong(int bytes, Course course) {
        long before = sentBytes;
        sentBytes += bytes;
        if (before == 0) {
            firstBytes = bytes;
            placeBehindFirst = course.place();
        } else if (before < SAMPLE_BYTES && sentBytes >= SAMPLE_BYTES) {
            double bytesPerOffset = (double) (sentBytes - firstBytes) / (course.place() - placeBehindFirst);
            return course.offsetsToCome() * bytesPerOffset > FREE_BYTES;
        }
        return sentBytes > FREE_BYTES;
    }

    private void note(long nowNanos, long placeNow, long headNow) {
        gains = !noted || placeNow - place >= ENOUGH * (headNow - head);
        noted = true;
        notedNanos = nowNanos;
        place = placeNow;
        head = headNow;
    }
}
