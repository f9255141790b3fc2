// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import java.util.Arrays;

/**
 * A run of consecutive events of one partition: the unit that retention removes. Guarded by its partition.
 *
 * <p>A slot is written once and never again, and growing copies the slots into a new array, so the {@link EventRun}s
 * handed out stay as they are without a copy.
 */
final class Segment {
    static final int MAX_BYTES = 256 << 10;
    private static final int MAX_EVENTS = 4096;
    private static final int FIRST_EVENTS = 16;

    private final MemoryPartition owner;
    private final long baseOffset;
    private StoredEvent[] events = new StoredEvent[FIRST_EVENTS];
    private int size;
    private long bytes;

    Segment(MemoryPartition owner, long baseOffset) {
        this.owner = owner;
        this.baseOffset = baseOffset;
    }

    void add(StoredEvent event, long eventBytes) {
        if (size == events.length) {
            events = Arrays.copyOf(events, size * 2);
        }
        events[size++] = event;
        bytes += eventBytes;
    }

    boolean isFull() {
        return bytes >= MAX_BYTES || size == MAX_EVENTS;
    }

    /** Everything in {@code [from, min(to, end))}; {@code from} lies in this segment. */
    LogBatch slice(long from, long to) {
        int first = (int) (from - baseOffset);
        int count = (int) Math.min(size - first, to - from);
        return new LogBatch(from, from + count, new EventRun(events, first, count));
    }

    /** The first offset whose time is at or after {@code timeMillis}; one such event is in this segment. */
    long offsetAt(long timeMillis) {
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (events[middle].recordTimeMillis() < timeMillis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return baseOffset + low;
    }

    MemoryPartition owner() {
        return owner;
    }

    long baseOffset() {
        return baseOffset;
    }

    long endOffset() {
        return baseOffset + size;
    }

    long lastTimeMillis() {
        return events[size - 1].recordTimeMillis();
    }

    long bytes() {
        return bytes;
    }
}
