// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.flow.Demand;
import io.millrace.core.log.LogBatch;
import io.millrace.core.refusal.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * One subscriber's place in a partition. Demand and cancel come from any thread and only leave a note; {@link #advance},
 * which the partition's worker alone calls, does the rest, so the place needs no lock.
 */
final class MemoryReader implements Subscription {
    private static final long WHERE_THE_LOG_ENDS = -1;

    private final MemoryPartition partition;
    private final CoreSubscriber<? super LogBatch> actual;
    private final long toOffset;
    private final Demand demand = new Demand();
    private volatile boolean cancelled;
    private volatile @Nullable Throwable badRequest;

    private long position;
    private boolean announcing;

    private MemoryReader(
            MemoryPartition partition, CoreSubscriber<? super LogBatch> actual, long fromOffset, long toOffset) {
        this.partition = partition;
        this.actual = actual;
        this.position = fromOffset;
        this.toOffset = toOffset;
        this.announcing = fromOffset == WHERE_THE_LOG_ENDS;
    }

    /** Reads {@code [fromOffset, toOffset)}. */
    static void read(
            MemoryPartition partition, CoreSubscriber<? super LogBatch> actual, long fromOffset, long toOffset) {
        new MemoryReader(partition, actual, fromOffset, toOffset).start();
    }

    /** Follows from the end, which an empty batch tells first. */
    static void tail(MemoryPartition partition, CoreSubscriber<? super LogBatch> actual) {
        new MemoryReader(partition, actual, WHERE_THE_LOG_ENDS, Long.MAX_VALUE).start();
    }

    private void start() {
        actual.onSubscribe(this);
        partition.follow(this);
        partition.signal();
    }

    /** Told once, before the first {@link #advance}: where the log ends now. */
    void joinedAt(long endOffset) {
        if (announcing) {
            position = endOffset;
        }
    }

    /** Takes one step. True when there may be another one at once. */
    boolean advance() {
        try {
            return step();
        } catch (RuntimeException e) {
            fail(Operators.onOperatorError(this, e, actual.currentContext()));
            return false;
        }
    }

    private boolean step() {
        if (cancelled) {
            partition.leave(this);
            return false;
        }
        Throwable fault = fault();
        if (fault != null) {
            fail(fault);
            return false;
        }
        if (position >= toOffset) {
            partition.leave(this);
            actual.onComplete();
            return false;
        }
        return emit();
    }

    private boolean emit() {
        LogBatch batch = demand.exists() ? next() : null;
        if (batch == null) {
            return false;
        }
        position = batch.nextOffset();
        demand.served();
        actual.onNext(batch);
        return position >= toOffset || (demand.exists() && position < partition.endOffset());
    }

    private @Nullable LogBatch next() {
        if (announcing) {
            announcing = false;
            return new LogBatch(position, position, List.of());
        }
        return partition.batchAt(position, toOffset);
    }

    private @Nullable Throwable fault() {
        if (badRequest != null) {
            return badRequest;
        }
        Refusal refusal = partition.refusalAt(position);
        return refusal == null ? null : refusal.asException();
    }

    private void fail(Throwable cause) {
        cancelled = true;
        partition.leave(this);
        actual.onError(cause);
    }

    @Override
    public void request(long n) {
        try {
            demand.add(n);
        } catch (IllegalArgumentException e) {
            badRequest = e;
        }
        partition.signal();
    }

    @Override
    public void cancel() {
        cancelled = true;
        partition.signal();
    }
}
