// SPDX-License-Identifier: Apache-2.0
package io.millrace.client.stream;

import io.millrace.client.Backoff;
import io.millrace.client.ConnectionListener.Retry;
import io.millrace.client.Link;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A bidirectional call that is made again when it breaks: after a backoff, for ever, at the next endpoint where there
 * is one. A {@link StreamRole} gives it its meaning.
 *
 * <p>A call counts as broken when it ends with a retryable error or without being expected to, when it does not open in
 * time, and when nothing comes for two and a half heartbeat intervals. Any other error ends it for good.
 *
 * <p>Thread-safe; nothing blocks.
 */
public final class ReopeningCall<Q, R> {
    /*
     * One call is in progress at a time. Its callbacks count only while it is the current one, and that is checked
     * under the same lock under which it is replaced, so no frame of an old call is taken for one of the new. The user
     * is never called under the lock: what the role has made ready is handed over by deliver(), after it.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ReopeningCall.class);
    private static final double SILENT_INTERVALS = 2.5;
    private static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(15);

    private final MillraceConnection connection;
    private final StreamRole<Q, R> role;
    private final Executor sending;

    /** Not parallel(), which gives its workers out in turn: each timer set there would shift who delivers where. */
    private final Scheduler timer = Schedulers.single();

    private final Disposable.Swap retryTimer = Disposables.swap();
    private final Object lock = new Object();
    private volatile @Nullable Attempt current;
    private int failures;
    private boolean closed;

    /**
     * @param connection where calls are made
     * @param role what to do with them
     * @param sending where frames to send are asked for
     */
    public ReopeningCall(MillraceConnection connection, StreamRole<Q, R> role, Executor sending) {
        this.connection = connection;
        this.role = role;
        this.sending = sending;
    }

    /** Makes the first call. */
    public void start() {
        open();
    }

    /** {@link StreamRole#nextFrame} may have a frame now. */
    public void wake() {
        Attempt attempt = current;
        if (attempt != null) {
            attempt.outbound.wake();
        }
    }

    /** Sends what there is, then tells the server that nothing will follow. No further call is made. */
    public void complete() {
        Attempt attempt;
        synchronized (lock) {
            closed = true;
            attempt = current;
        }
        retryTimer.dispose();
        if (attempt != null) {
            attempt.outbound.complete();
        }
    }

    /** Ends the call at once. No further call is made and the role hears nothing more. */
    public void cancel() {
        Attempt attempt;
        synchronized (lock) {
            closed = true;
            attempt = current;
            current = null;
        }
        retryTimer.dispose();
        if (attempt != null) {
            attempt.stop();
        }
    }

    private void open() {
        Attempt attempt;
        try {
            attempt = new Attempt(connection.link());
        } catch (MillraceException connectionIsClosed) {
            fail(connectionIsClosed);
            return;
        }
        synchronized (lock) {
            if (closed || current != null) {
                return;
            }
            current = attempt;
            role.onOpening(attempt.link.endpoint());
        }
        attempt.start();
    }

    private void fail(MillraceException cause) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            role.onFailed(cause);
        }
        role.deliver();
    }

    private void ended(Attempt attempt, MillraceException cause) {
        Duration delay = null;
        synchronized (lock) {
            if (current != attempt) {
                return;
            }
            current = null;
            if (cause.retryable() && !closed) {
                failures++;
                delay = delayAfter(cause);
                role.onBroken(cause);
            } else {
                closed = true;
                role.onFailed(cause);
            }
        }
        attempt.stop();
        connection.failed(attempt.link, cause);
        if (delay != null) {
            retryIn(delay, attempt.link, cause);
        }
        role.deliver();
    }

    private void completed(Attempt attempt) {
        if (wasExpectedToComplete(attempt)) {
            attempt.stop();
            role.deliver();
        } else {
            ended(attempt, MillraceException.of(Reason.CONNECTION_LOST, "the server ended the stream without a word"));
        }
    }

    private boolean wasExpectedToComplete(Attempt attempt) {
        synchronized (lock) {
            if (current != attempt || !role.onCompleted()) {
                return false;
            }
            current = null;
            closed = true;
            return true;
        }
    }

    /** Makes the next call beside the old one's end: the stream is moved, nothing has failed. */
    private void moved(Attempt attempt, MillraceException cause) {
        synchronized (lock) {
            if (current != attempt || closed) {
                return;
            }
            current = null;
            role.onBroken(cause);
        }
        attempt.stop();
        if (attempt.elsewhere) {
            connection.failed(attempt.link, cause);
        }
        role.deliver();
        open();
    }

    private Duration delayAfter(MillraceException cause) {
        Duration own = connection.backoff().delay(failures);
        return cause.retryDelay()
                .map(Backoff::jittered)
                .filter(asked -> asked.compareTo(own) > 0)
                .orElse(own);
    }

    private void retryIn(Duration delay, Link link, MillraceException cause) {
        LOG.info(
                "{} at {} broke: {}; next try in {} ms",
                role.name(),
                link.endpoint(),
                cause.getMessage(),
                delay.toMillis());
        connection.listener().onRetry(new Retry(role.name(), link.endpoint(), cause, failures, delay));
        retryTimer.update(timer.schedule(this::open, delay.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** One call. */
    private final class Attempt extends BaseSubscriber<R> implements CallControl {
        private final Link link;
        private final FrameSource<Q> outbound;
        private final Disposable.Swap watch = Disposables.swap();
        private volatile long lastFrameNanos;
        private volatile long silenceLimitNanos = connection.openTimeout().toNanos();
        private volatile boolean opened;
        private volatile boolean elsewhere;
        private boolean openedTold;
        private boolean hasProgressed;

        Attempt(Link link) {
            this.link = link;
            outbound = new FrameSource<>(this::nextFrame, sending);
        }

        void start() {
            lastFrameNanos = now();
            watchIn(silenceLimitNanos);
            role.call(link.channel(), outbound).subscribe(this);
        }

        void stop() {
            watch.dispose();
            cancel();
        }

        private @Nullable Q nextFrame() {
            synchronized (lock) {
                return current == this ? role.nextFrame() : null;
            }
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requestUnbounded(); // the credit of the stream bounds what comes
        }

        @Override
        protected void hookOnNext(R frame) {
            lastFrameNanos = now();
            try {
                synchronized (lock) {
                    if (current != this) {
                        return;
                    }
                    role.onFrame(frame, this);
                }
            } catch (MillraceException broken) {
                ended(this, broken);
                return;
            }
            tellOpened();
            role.deliver();
        }

        /** Outside of the lock. Frames come one at a time, so this is told once. */
        private void tellOpened() {
            if (opened && !openedTold) {
                openedTold = true;
                connection.listener().onOpened(role.name(), link.endpoint());
            }
        }

        @Override
        protected void hookOnError(Throwable failure) {
            ended(this, MillraceException.from(failure, link.endpoint()));
        }

        @Override
        protected void hookOnComplete() {
            completed(this);
        }

        @Override
        public void opened(Duration heartbeatInterval) {
            Duration interval = heartbeatInterval.isZero() ? DEFAULT_HEARTBEAT : heartbeatInterval;
            silenceLimitNanos = (long) (interval.toNanos() * SILENT_INTERVALS);
            opened = true;
            watchIn(silenceLimitNanos);
        }

        @Override
        public void progressed() {
            failures = 0;
            hasProgressed = true;
        }

        @Override
        public void move(Duration delay, boolean elsewhere) {
            this.elsewhere = elsewhere;
            MillraceException cause =
                    MillraceException.of(Reason.SERVER_DRAINING, link.endpoint() + " asked for the stream to be moved");
            LOG.debug("{} moves away from {}", role.name(), link.endpoint());
            timer.schedule(() -> moved(this, cause), moveDelay(delay).toNanos(), TimeUnit.NANOSECONDS);
        }

        /** Where every server drains at once the stream must not be moved round and round without a pause. */
        private Duration moveDelay(Duration asked) {
            if (hasProgressed) {
                return asked;
            }
            failures++;
            Duration own = connection.backoff().delay(failures);
            return own.compareTo(asked) > 0 ? own : asked;
        }

        private void watchIn(long nanos) {
            watch.update(timer.schedule(this::checkSilence, nanos, TimeUnit.NANOSECONDS));
        }

        private void checkSilence() {
            long silentNanos = now() - lastFrameNanos;
            if (silentNanos < silenceLimitNanos) {
                watchIn(silenceLimitNanos - silentNanos);
            } else {
                ended(this, opened ? silent(silentNanos) : notOpened());
            }
        }

        private MillraceException silent(long nanos) {
            return MillraceException.of(
                    Reason.STREAM_SILENT,
                    link.endpoint() + " has sent nothing for " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
        }

        private MillraceException notOpened() {
            return MillraceException.of(
                    Reason.SERVER_UNREACHABLE,
                    link.endpoint() + " did not open the stream within "
                            + connection.openTimeout().toMillis() + " ms");
        }

        private long now() {
            return timer.now(TimeUnit.NANOSECONDS);
        }
    }
}
