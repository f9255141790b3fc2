// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** A thread whose next task runs when the test says so, so that a test chooses the order of things. */
final class ManualLoop extends AbstractScheduledEventExecutor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long nanos;

    boolean hasTask() {
        return !tasks.isEmpty();
    }

    void runNext() {
        tasks.remove().run();
    }

    /** Lets time pass: what was scheduled within it can be run. */
    void pass(Duration time) {
        nanos += time.toNanos();
        for (Runnable due = pollScheduledTask(nanos); due != null; due = pollScheduledTask(nanos)) {
            tasks.add(due);
        }
    }

    @Override
    protected long getCurrentTimeNanos() {
        return nanos;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return true;
    }

    @Override
    public boolean isShuttingDown() {
        return false;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("nothing to shut down");
    }

    @Override
    public Future<?> terminationFuture() {
        throw new UnsupportedOperationException("nothing to shut down");
    }

    @Override
    @Deprecated
    public void shutdown() {
        throw new UnsupportedOperationException("nothing to shut down");
    }
}
