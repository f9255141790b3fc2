// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.loop;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;

/** The event loops of a broker, and the one that a stream belongs to. */
public final class EventLoops {
    private final EventExecutorGroup group;

    /** Of a group. */
    public EventLoops(EventExecutorGroup group) {
        this.group = group;
    }

    /**
     * The loop that the calling thread is, so that a stream stays on the loop of its connection; for a thread that is
     * none, the next in turn.
     */
    public EventExecutor current() {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return group.next();
    }
}
