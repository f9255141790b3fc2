// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.tail;

import io.millrace.broker.ring.Ring;
import io.millrace.broker.ring.RingMemory;
import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicPartition;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * The live end of one partition: one reader of the log that fills one ring for every stream that reads here.
 *
 * <p><b>Demand.</b> Unbounded towards the log: the ring takes everything and gives up its oldest pages, so no stream can
 * slow another. <b>Threads.</b> The log's thread writes the ring; listeners are called on their loops.
 */
public final class PartitionTail {
    private final TopicPartition partition;
    private final RingMemory memory;
    private final Map<EventExecutor, LoopListeners> listeners = new ConcurrentHashMap<>();
    private final Filling filling = new Filling();
    private volatile @Nullable Ring ring;
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    /** Streams that hold this tail. Changed by {@link Tails} only, inside its map's own lock. */
    int holders;

    PartitionTail(TopicPartition partition, RingMemory memory) {
        this.partition = partition;
        this.memory = memory;
    }

    /** Which partition. */
    public TopicPartition partition() {
        return partition;
    }

    /** The ring, or {@code null} while the log has not told yet where the tail begins. */
    public @Nullable Ring ring() {
        return ring;
    }

    /** Calls the listener on this loop from now on. On the loop. */
    public void attach(EventExecutor loop, TailListener listener) {
        listeners.computeIfAbsent(loop, LoopListeners::new).add(listener);
        Throwable cause = failure;
        if (cause != null) {
            loop.execute(() -> listener.tailFailed(cause));
        }
    }

    /** Calls it no more. On the loop. */
    public void detach(EventExecutor loop, TailListener listener) {
        LoopListeners attached = listeners.get(loop);
        if (attached != null) {
            attached.remove(listener);
        }
    }

    /** Memory held by the ring. */
    public long heldBytes() {
        Ring current = ring;
        return current == null ? 0 : current.heldBytes();
    }

    /** What the log's tail is drained into. */
    BaseSubscriber<LogBatch> filling() {
        return filling;
    }

    /** Stops reading and gives the ring back. */
    synchronized void close() {
        closed = true;
        filling.cancel();
        Ring current = ring;
        if (current != null) {
            current.close();
        }
    }

    boolean hasFailed() {
        return failure != null;
    }

    private synchronized void begin(long offset) {
        if (!closed) {
            ring = memory.open(offset);
        }
    }

    private final class Filling extends BaseSubscriber<LogBatch> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requestUnbounded();
        }

        @Override
        protected void hookOnNext(LogBatch batch) {
            Ring current = ring;
            if (current == null) {
                begin(batch.fromOffset());
                current = ring;
            }
            if (current != null) {
                current.append(batch);
                memory.relieve();
                listeners.values().forEach(LoopListeners::moved);
            }
        }

        @Override
        protected void hookOnError(Throwable cause) {
            failure = cause;
            listeners.values().forEach(loop -> loop.failed(cause));
        }

        @Override
        protected void hookOnComplete() {
            hookOnError(new IllegalStateException("the tail of " + partition + " has completed, which it never does"));
        }
    }
}
