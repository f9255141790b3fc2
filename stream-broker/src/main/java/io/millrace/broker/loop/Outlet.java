// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.loop;

import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Operators;

/**
 * The subscription of a stream that makes its next element when it is asked for one, and keeps no queue.
 *
 * <p><b>Demand.</b> Fused ASYNC (reactor-grpc does so), the consumer polls while its transport is ready and is woken
 * when there may be something new. Unfused, elements are signalled within {@code request(n)}. Refuses to fuse across a
 * thread barrier, because then another thread would poll.
 *
 * <p><b>Threads.</b> Everything happens on the stream's event loop. {@link #request} and {@link #cancel} may come from
 * anywhere and hop there; signals and calls of the abstract methods come on the loop, and so must polls of a fused
 * consumer.
 *
 * <p><b>End.</b> {@link #finish} releases and then signals, once. A consumer's cancel releases too. What {@link #produce}
 * throws ends the stream with it.
 *
 * @param <T> what is emitted
 */
public abstract class Outlet<T> implements Fuseable.QueueSubscription<T> {
    /*
     * Maintainer's note. State changes first, then the signal: a fused consumer re-reads isEmpty() after it has taken
     * note of a completion, so closed must be set by then. Completing from within poll() is fine: the consumer's own
     * work-in-progress counter makes it look once more (reactive-grpc's AbstractSubscriberAndProducer).
     */
    private final EventExecutor loop;
    private final CoreSubscriber<? super T> actual;
    private boolean fused;
    private boolean idle = true; // the fused consumer has found nothing, so it waits to be told
    private boolean emitting;
    private boolean closed;
    private long demand;

    /** For one subscriber. */
    protected Outlet(EventExecutor loop, CoreSubscriber<? super T> actual) {
        this.loop = loop;
        this.actual = actual;
    }

    /** Makes the next element, or {@code null} when there is none now. */
    protected abstract @Nullable T produce();

    /** True exactly when {@link #produce} would not answer {@code null}. */
    protected abstract boolean canProduce();

    /** Lets go of everything. Called once, at the end or on cancel. */
    protected abstract void release();

    /** The loop that owns this stream. */
    protected final EventExecutor loop() {
        return loop;
    }

    /** True once finished or cancelled. */
    protected final boolean isClosed() {
        return closed;
    }

    /**
     * Whoever waits for elements looks again. On the loop. A fused consumer that has not looked since it was told, or that
     * stopped before it found nothing, looks by itself when it can take more; so a stream that is stalled by its client
     * costs nothing here, however much there is for it.
     */
    protected final void wake() {
        if (closed || (fused && !idle) || !canProduce()) {
            return;
        }
        if (fused) {
            idle = false;
            signalFused();
        } else {
            emit();
        }
    }

    /** Ends the stream, with an error or well. What has not been produced is not sent any more. On the loop. */
    protected final void finish(@Nullable Throwable error) {
        if (closed) {
            return;
        }
        closed = true;
        release();
        if (error == null) {
            actual.onComplete();
        } else {
            actual.onError(error);
        }
    }

    /** Runs on the loop: at once when this is it. */
    protected final void onLoop(Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    @Override
    public final int requestFusion(int requestedMode) {
        boolean ownThread = (requestedMode & Fuseable.THREAD_BARRIER) == 0;
        fused = ownThread && (requestedMode & Fuseable.ASYNC) != 0;
        return fused ? Fuseable.ASYNC : Fuseable.NONE;
    }

    @Override
    public final void request(long n) {
        if (!fused) {
            onLoop(() -> requested(n));
        }
    }

    @Override
    public final void cancel() {
        onLoop(() -> {
            if (!closed) {
                closed = true;
                release();
            }
        });
    }

    @Override
    public final @Nullable T poll() {
        T element = closed ? null : made();
        idle = element == null;
        return element;
    }

    @Override
    public final boolean isEmpty() {
        idle = closed || !canProduce();
        return idle;
    }

    @Override
    public final int size() {
        return closed || !canProduce() ? 0 : 1;
    }

    @Override
    public final void clear() {
        // nothing is queued
    }

    private void requested(long n) {
        if (closed) {
            return;
        }
        if (n <= 0) {
            finish(new IllegalArgumentException("§3.9: request(" + n + ") is not positive"));
            return;
        }
        demand = Operators.addCap(demand, n);
        emit();
    }

    private @Nullable T made() {
        try {
            return produce();
        } catch (RuntimeException fault) {
            finish(fault);
            return null;
        }
    }

    private void emit() {
        if (emitting) {
            return;
        }
        emitting = true;
        while (!closed && demand > 0) {
            T element = made();
            if (element == null) {
                break;
            }
            demand--;
            actual.onNext(element);
        }
        emitting = false;
    }

    @SuppressWarnings("NullAway") // null is how an ASYNC-fused source says "look again"
    private void signalFused() {
        actual.onNext(null);
    }
}
