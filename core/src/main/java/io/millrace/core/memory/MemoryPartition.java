// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.event.Event;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicPartition;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * One partition: its segments and the readers that follow it. Thread-safe.
 *
 * <p>How it works: segments, offsets and bytes are guarded by this object's monitor, and no callback runs under it.
 * Whatever may give a reader something to do (an append, demand, a cancel, the end of the topic) calls {@link #signal},
 * which posts at most one task to the partition's worker; that task alone talks to subscribers, so signals are serial,
 * and appends that come faster than it runs are delivered together.
 */
final class MemoryPartition {
    /** About what the objects of an event weigh beside its bytes. */
    private static final int OVERHEAD_BYTES = 128;

    private final TopicPartition name;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Scheduler.Worker worker;
    private final List<MemoryReader> readers = new CopyOnWriteArrayList<>();
    private final AtomicInteger signals = new AtomicInteger();

    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private long retentionBytes;
    private long retentionMillis;
    private volatile long endOffset;
    private long bytes;
    private long lastTimeMillis = Long.MIN_VALUE;
    private @Nullable Refusal ended;

    MemoryPartition(TopicPartition name, Clock clock, MemoryBudget budget, Scheduler.Worker worker) {
        this.name = name;
        this.clock = clock;
        this.budget = budget;
        this.worker = worker;
    }

    synchronized void retain(long newRetentionBytes, long newRetentionMillis) {
        retentionBytes = newRetentionBytes;
        retentionMillis = newRetentionMillis;
        dropExpired();
    }

    /** Stores an event. Whoever stores the last one of a run calls {@link #stored}. Returns the offset. */
    synchronized long store(Event event, int eventBytes) {
        refuseWhenEnded();
        lastTimeMillis = Math.max(lastTimeMillis, clock.millis());
        long weight = eventBytes + OVERHEAD_BYTES;
        activeSegment().add(new StoredEvent(endOffset, lastTimeMillis, event), weight);
        bytes += weight;
        budget.take(weight);
        endOffset = endOffset + 1;
        return endOffset - 1;
    }

    /** Applies retention and wakes the readers. */
    void stored() {
        synchronized (this) {
            dropExpired();
        }
        budget.enforce();
        signal();
    }

    /** Removes this segment, and with it whatever is older, when it is still there. */
    synchronized void drop(Segment segment) {
        if (segments.get(segment.baseOffset()) == segment) {
            while (earliest() <= segment.baseOffset() && !segments.isEmpty()) {
                dropFirst();
            }
        }
    }

    synchronized PartitionBounds bounds() {
        refuseWhenEnded();
        dropExpired();
        return new PartitionBounds(earliest(), endOffset);
    }

    synchronized long offsetAt(long timeMillis) {
        refuseWhenEnded();
        dropExpired();
        for (Segment segment : segments.values()) {
            if (segment.lastTimeMillis() >= timeMillis) {
                return segment.offsetAt(timeMillis);
            }
        }
        return endOffset;
    }

    /** Why nothing can be read at this place, or {@code null} where it can or may later. */
    synchronized @Nullable Refusal refusalAt(long offset) {
        if (ended != null) {
            return ended;
        }
        if (offset < earliest()) {
            return Refusal.offsetExpired(name.toString(), offset, earliest());
        }
        return offset > endOffset ? Refusal.offsetOutOfRange(name.toString(), offset, earliest(), endOffset) : null;
    }

    /** At most one segment's rest, or {@code null} when there is nothing at this place yet. */
    synchronized @Nullable LogBatch batchAt(long offset, long toOffset) {
        Refusal refusal = refusalAt(offset);
        if (refusal != null) {
            throw refusal.asException();
        }
        Map.Entry<Long, Segment> entry = offset < endOffset ? segments.floorEntry(offset) : null;
        return entry == null ? null : entry.getValue().slice(offset, toOffset);
    }

    /** Adds a reader, which from here on misses nothing. */
    synchronized void follow(MemoryReader reader) {
        reader.joinedAt(endOffset);
        readers.add(reader);
    }

    void leave(MemoryReader reader) {
        readers.remove(reader);
    }

    long endOffset() {
        return endOffset;
    }

    int readerCount() {
        return readers.size();
    }

    /** Ends the partition for good: every reader is told why, and the events go. */
    void end(Refusal why) {
        synchronized (this) {
            if (ended != null) {
                return;
            }
            ended = why;
            while (!segments.isEmpty()) {
                dropFirst();
            }
        }
        signal();
    }

    /** Something may have changed for a reader: look at them all, soon. */
    void signal() {
        if (!readers.isEmpty() && signals.getAndIncrement() == 0) {
            post();
        }
    }

    private void deliver() {
        int seen = signals.get();
        boolean more = false;
        for (MemoryReader reader : readers) {
            more |= reader.advance();
        }
        if (more || signals.addAndGet(-seen) != 0) {
            post();
        }
    }

    private void post() {
        try {
            worker.schedule(this::deliver);
        } catch (RejectedExecutionException e) {
            // The log is closed: every reader has been told, so there is nobody left to look at.
            signals.set(0);
        }
    }

    private Segment activeSegment() {
        Segment last = segments.isEmpty() ? null : segments.lastEntry().getValue();
        if (last != null && !last.isFull()) {
            return last;
        }
        Segment next = new Segment(this, endOffset);
        segments.put(endOffset, next);
        budget.open(next);
        return next;
    }

    private void dropExpired() {
        while (segments.size() > 1 && bytes > retentionBytes) {
            dropFirst();
        }
        long oldestMillis = retentionMillis == Long.MAX_VALUE ? Long.MIN_VALUE : clock.millis() - retentionMillis;
        while (!segments.isEmpty() && segments.firstEntry().getValue().lastTimeMillis() < oldestMillis) {
            dropFirst();
        }
    }

    private void dropFirst() {
        Segment first = segments.pollFirstEntry().getValue();
        bytes -= first.bytes();
        budget.remove(first);
    }

    private long earliest() {
        return segments.isEmpty() ? endOffset : segments.firstKey();
    }

    private void refuseWhenEnded() {
        if (ended != null) {
            throw ended.asException();
        }
    }
}
