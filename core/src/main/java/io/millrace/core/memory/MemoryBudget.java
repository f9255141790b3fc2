// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of all segments of a log, and the segments from old to new. Thread-safe.
 *
 * <p>Lock order: a partition, then the budget. {@link #enforce} therefore names the oldest segment under its own lock
 * and lets the partition remove it outside of it.
 */
final class MemoryBudget {
    private final long limitBytes;
    private final Set<Segment> oldestFirst = new LinkedHashSet<>();
    private long usedBytes;

    MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    synchronized void open(Segment segment) {
        oldestFirst.add(segment);
    }

    synchronized void take(long bytes) {
        usedBytes += bytes;
    }

    synchronized void remove(Segment segment) {
        if (oldestFirst.remove(segment)) {
            usedBytes -= segment.bytes();
        }
    }

    synchronized long usedBytes() {
        return usedBytes;
    }

    /** Removes the oldest segments until the rest is within the bound. Holds no lock of a partition on entry. */
    void enforce() {
        for (Segment oldest = overdue(); oldest != null; oldest = overdue()) {
            oldest.owner().drop(oldest);
        }
    }

    private synchronized @Nullable Segment overdue() {
        return usedBytes > limitBytes && !oldestFirst.isEmpty()
                ? oldestFirst.iterator().next()
                : null;
    }
}
