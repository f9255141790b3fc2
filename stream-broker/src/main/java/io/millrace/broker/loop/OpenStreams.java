// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.loop;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The open streams of one kind, and whether there may be more of them. Thread-safe.
 *
 * @param <S> a stream
 */
public final class OpenStreams<S> {
    /*
     * A stream is added before it asks whether it may stay, and the farewell is begun before the streams are told of it:
     * so each stream is told, or finds out by itself, or both.
     */
    private final Set<S> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile boolean leaving;

    /** None yet. */
    public OpenStreams() {}

    /** A stream has begun. */
    public void add(S stream) {
        open.add(stream);
    }

    /** A stream has ended. */
    public void remove(S stream) {
        open.remove(stream);
        tellIfGone();
    }

    /** How many there are. */
    public int count() {
        return open.size();
    }

    /** Those that there are. */
    public Stream<S> all() {
        return open.stream();
    }

    /** False once the farewell has begun: a stream that begins now has to be refused. */
    public boolean mayBegin() {
        return !leaving;
    }

    /** From now on no stream may begin; those that there are get this farewell. */
    public void leave(Consumer<S> farewell) {
        leaving = true;
        open.forEach(farewell);
        tellIfGone();
    }

    /** Waits after {@link #leave} until there are none; false when that takes longer than this. */
    public boolean awaitNone(Duration patience) throws InterruptedException {
        return gone.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tellIfGone() {
        if (leaving && open.isEmpty()) {
            gone.countDown();
        }
    }
}
