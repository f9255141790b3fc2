// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.tail;

import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.ring.RingMemory;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.EventLog;
import io.millrace.core.topic.TopicPartition;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tails of the partitions in use, one each. A tail that nobody holds is kept for a while, because readers come back,
 * and then given up. Thread-safe.
 */
public final class Tails implements AutoCloseable {
    private final EventLog log;
    private final RingMemory memory;
    private final BrokerLimits limits;
    private final EventExecutorGroup timers;
    private final Map<TopicPartition, PartitionTail> tails = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** No tails yet. */
    public Tails(EventLog log, MemoryLedger ledger, BrokerLimits limits, EventExecutorGroup timers) {
        this.log = log;
        this.memory = new RingMemory(ledger, limits.ringMinBytes(), limits.ringMaxBytes());
        this.limits = limits;
        this.timers = timers;
    }

    /** The tail of a partition, started where there was none. Whoever has it gives it back with {@link #release}. */
    public PartitionTail acquire(TopicPartition partition) {
        PartitionTail[] started = new PartitionTail[1];
        PartitionTail tail = tails.compute(partition, (key, present) -> {
            PartitionTail current = present;
            if (current == null || current.hasFailed()) {
                current = new PartitionTail(partition, memory);
                started[0] = current;
            }
            current.holders++;
            return current;
        });
        if (started[0] != null) {
            log.tail(partition).subscribe(tail.filling());
        }
        return tail;
    }

    /** Gives a tail back. */
    public void release(PartitionTail tail) {
        PartitionTail present = tails.compute(tail.partition(), (key, current) -> {
            tail.holders--;
            return current;
        });
        if (closed || present != tail || tail.hasFailed()) {
            closeIfUnused(tail);
        } else {
            timers.next().schedule(() -> closeIfUnused(tail), limits.ringIdle().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Memory that the rings of a topic's partition hold. */
    public long heldBytes(TopicPartition partition) {
        PartitionTail tail = tails.get(partition);
        return tail == null ? 0 : tail.heldBytes();
    }

    /** Gives all of them up. */
    @Override
    public void close() {
        closed = true;
        tails.values().forEach(PartitionTail::close);
        tails.clear();
    }

    private void closeIfUnused(PartitionTail tail) {
        boolean[] unused = new boolean[1];
        tails.compute(tail.partition(), (key, current) -> {
            unused[0] = tail.holders == 0;
            return current == tail && unused[0] ? remove() : current;
        });
        if (unused[0]) {
            tail.close();
        }
    }

    private static @Nullable PartitionTail remove() {
        return null;
    }
}
