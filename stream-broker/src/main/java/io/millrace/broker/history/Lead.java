// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import io.millrace.core.log.LogBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * A read of the log that goes on for whoever stands at its place or has come behind it. It requests one batch at a time,
 * and only as far as a moving replay wants to have read ahead; without demand it costs the log nothing.
 */
final class Lead extends BaseSubscriber<LogBatch> {
    private final PartitionHistory history;

    // ---- guarded by the history

    /** Where the next batch begins. */
    long readTo;

    /** Batches that have come. */
    long arrived;

    /** Where the next chunk begins: behind what has come and is framed. */
    long position;

    /** Batches that are framed. */
    long framed;

    /** Batches that have come and are not being framed yet. */
    final Queue<LogBatch> unframed = new ArrayDeque<>();

    /** True while somebody frames what has come. */
    boolean inFraming;

    /** Why the log cannot be read on; told once everything before is framed. */
    @Nullable
    Throwable failure;

    /** The batch up to which replays want to have read ahead. */
    long wanted;

    /** The place from which on no replay wants it to read ahead. */
    long neededTo;

    /** True while a batch is under way. */
    boolean requested;

    /** False once it has failed or nobody follows it any more. */
    boolean open = true;

    /** Replays that follow it. */
    final Set<Replay> followers = new HashSet<>();

    /** Those among them that cannot go on before the next batch is here. */
    final List<Replay> waiting = new ArrayList<>();

    Lead(PartitionHistory history, long fromOffset) {
        this.history = history;
        this.readTo = fromOffset;
        this.position = fromOffset;
    }

    /** True while a chunk is on its way without anything being asked of the log. */
    boolean isFraming() {
        return framed < arrived;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        subscription.request(1);
    }

    @Override
    protected void hookOnNext(LogBatch batch) {
        if (history.arrived(this, batch)) {
            request(1);
        }
    }

    @Override
    protected void hookOnError(Throwable cause) {
        history.failed(this, cause);
    }

    @Override
    protected void hookOnComplete() {
        hookOnError(new IllegalStateException("a read without an end has completed"));
    }
}
