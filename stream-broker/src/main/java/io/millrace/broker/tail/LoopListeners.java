// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.tail;

import io.netty.util.concurrent.EventExecutor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The listeners of one tail on one event loop. However often the tail moves, at most one task is posted there at a time.
 */
final class LoopListeners implements Runnable {
    private static final TailListener[] NONE = new TailListener[0];

    private final EventExecutor loop;
    private final AtomicBoolean posted = new AtomicBoolean();

    /** Replaced as a whole, so a listener may leave while the others are being called. On the loop. */
    private TailListener[] listeners = NONE;

    LoopListeners(EventExecutor loop) {
        this.loop = loop;
    }

    /** From any thread. */
    void moved() {
        if (!posted.get() && posted.compareAndSet(false, true)) {
            loop.execute(this);
        }
    }

    /** From any thread. */
    void failed(Throwable cause) {
        loop.execute(() -> {
            for (TailListener listener : listeners) {
                listener.tailFailed(cause);
            }
        });
    }

    @Override
    public void run() {
        posted.set(false);
        for (TailListener listener : listeners) {
            listener.tailMoved();
        }
    }

    /** On the loop. */
    void add(TailListener listener) {
        listeners = Arrays.copyOf(listeners, listeners.length + 1);
        listeners[listeners.length - 1] = listener;
    }

    /** On the loop. */
    void remove(TailListener listener) {
        listeners = Arrays.stream(listeners).filter(other -> other != listener).toArray(TailListener[]::new);
    }
}
