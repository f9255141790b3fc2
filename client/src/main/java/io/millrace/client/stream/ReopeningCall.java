// SPDX-License-Identifier: Apache-2.0
package io.millrace.client.stream;

import io.millrace.client.Backoff;
import io.millrace.client.ConnectionListener.Retry;
import io.millrace.client.Link;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * <p>A server that asks for the stream to be moved is left without a break: the next call is made beside the one in
 * progress, and takes its place once it is open and the other owes nothing any more.
 *
 * <p>Thread-safe; nothing blocks.
 */
public final class ReopeningCall<Q, R> {
    /*
     * One call is in progress at a time. Its callbacks count only while it is the current one, and that is checked
     * under the same lock under which it is replaced, so no frame of an old call is taken for one of the new. The user
     * is never called under the lock: what the role has made ready is handed over by deliver(), after it.
     *
     * Where the current call is to be left, another one may be made beside it. It sends its open frame and nothing else,
     * and what it receives is held until it takes over (decision 0021). Where the current one ends before that, nothing
     * is in progress for a moment; where the one beside fails, it is tried again as after a break.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ReopeningCall.class);
    private static final double SILENT_INTERVALS = 2.5;
    private static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(15);

    /** Of a call that waits beside another: its opened frame, and heartbeats. */
    private static final int MAX_HELD_FRAMES = 16;

    private final MillraceConnection connection;
    private final StreamRole<Q, R> role;
    private final Executor sending;

    /** Not parallel(), which gives its workers out in turn: each timer set there would shift who delivers where. */
    private final Scheduler timer = Schedulers.single();

    private final Disposable.Swap retryTimer = Disposables.swap();
    private final Object lock = new Object();
    private volatile @Nullable Attempt current;
    private @Nullable Attempt beside;
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
        Attempt unused;
        synchronized (lock) {
            closed = true;
            attempt = current;
            unused = beside;
            beside = null;
        }
        retryTimer.dispose();
        stop(unused);
        if (attempt != null) {
            attempt.outbound.complete();
        }
    }

    /** Ends the call at once. No further call is made and the role hears nothing more. */
    public void cancel() {
        Attempt attempt;
        Attempt unused;
        synchronized (lock) {
            closed = true;
            attempt = current;
            unused = beside;
            current = null;
            beside = null;
        }
        retryTimer.dispose();
        stop(attempt);
        stop(unused);
    }

    private void stop(@Nullable Attempt attempt) {
        if (attempt != null) {
            attempt.stop();
        }
    }

    /** Makes the next call: the one in progress, or one beside it where that is to be left. */
    private void open() {
        Attempt attempt;
        try {
            attempt = new Attempt(connection.link());
        } catch (MillraceException connectionIsClosed) {
            fail(connectionIsClosed);
            return;
        }
        synchronized (lock) {
            if (closed || beside != null || (current != null && !(current.leaving && role.opensBeside()))) {
                return;
            }
            if (current == null) {
                current = attempt;
                role.onOpening(attempt.link.endpoint());
            } else {
                attempt.owesOpening = true;
                beside = attempt;
            }
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
        Attempt unused = null;
        synchronized (lock) {
            if (current != attempt && beside != attempt) {
                return;
            }
            boolean wasCurrent = current == attempt;
            current = wasCurrent ? null : current;
            beside = wasCurrent ? beside : null;
            if (current == null && (closed || !cause.retryable())) {
                closed = true;
                unused = beside;
                beside = null;
                role.onFailed(cause);
            } else {
                if (beside == null) {
                    failures++;
                    delay = delayAfter(cause);
                }
                if (wasCurrent) {
                    role.onBroken(cause);
                }
            }
        }
        attempt.stop();
        stop(unused);
        connection.failed(attempt.link, cause);
        if (delay != null) {
            retryIn(delay, attempt.link, cause);
        }
        role.deliver();
        moveOn();
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
        Attempt unused;
        synchronized (lock) {
            if (current != attempt || !role.onCompleted()) {
                return false;
            }
            unused = beside;
            current = null;
            beside = null;
            closed = true;
        }
        stop(unused);
        return true;
    }

    /** The server of the call in progress wants to be left, and its delay is over. */
    private void leave(Attempt attempt) {
        boolean opensBeside;
        synchronized (lock) {
            if (current != attempt || closed) {
                return;
            }
            attempt.leaving = true;
            opensBeside = role.opensBeside();
        }
        if (attempt.elsewhere) {
            connection.failed(attempt.link, attempt.reasonToMove());
        }
        if (opensBeside) {
            open();
        } else {
            connection.connectAhead();
            moveOn();
        }
    }

    /**
     * Lets the call beside take over when it is open and the one in progress owes nothing. Where the role opens none
     * beside, leaves the one in progress then, and makes the next call: the stream is moved, nothing has failed.
     */
    private void moveOn() {
        Attempt left;
        Attempt taker;
        MillraceException broken = null;
        synchronized (lock) {
            left = current;
            taker = beside;
            if (closed || !mayMove(left, taker)) {
                return;
            }
            current = taker;
            beside = null;
            if (taker != null) {
                broken = takeOver(taker);
            } else if (left != null) {
                role.onBroken(left.reasonToMove());
            }
        }
        stop(left);
        if (taker == null) {
            role.deliver();
            timer.schedule(this::open); // as after a break, and not within a callback of the call that was left
        } else if (broken != null) {
            ended(taker, broken);
        } else {
            taker.tellOpened();
            taker.outbound.wake();
            role.deliver();
        }
    }

    private boolean mayMove(@Nullable Attempt left, @Nullable Attempt taker) {
        boolean mayLeave = left == null || (left.leaving && role.mayLeave());
        boolean mayEnter = taker == null ? left != null && !role.opensBeside() : !taker.held.isEmpty();
        return mayLeave && mayEnter;
    }

    /** Returns what was wrong with its frames, if anything. */
    private @Nullable MillraceException takeOver(Attempt taker) {
        role.onMoved(taker.link.endpoint());
        try {
            for (R frame = taker.held.poll(); frame != null; frame = taker.held.poll()) {
                role.onFrame(frame, taker);
            }
            return null;
        } catch (MillraceException broken) {
            return broken;
        }
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

        /** While it is beside the one in progress; see {@link #takeOver}. */
        private final Deque<R> held = new ArrayDeque<>();

        private final AtomicBoolean openedTold = new AtomicBoolean();
        private volatile long lastFrameNanos;
        private volatile long silenceLimitNanos = connection.openTimeout().toNanos();
        private volatile boolean opened;
        private volatile boolean elsewhere;
        private boolean owesOpening;
        private boolean askedToMove;
        private boolean leaving;
        private boolean hasProgressed;
        private long openedNanos;

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
                if (owesOpening) {
                    owesOpening = false;
                    return role.openingBeside();
                }
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
            boolean mayMove;
            try {
                synchronized (lock) {
                    if (beside == this) {
                        hold(frame);
                    } else if (current == this) {
                        role.onFrame(frame, this);
                    } else {
                        return;
                    }
                    mayMove = beside == this || leaving;
                }
            } catch (MillraceException broken) {
                ended(this, broken);
                return;
            }
            tellOpened();
            role.deliver();
            if (mayMove) {
                moveOn();
            }
        }

        private void hold(R frame) {
            if (held.isEmpty() && !role.opens(frame)) {
                throw MillraceException.of(
                        Reason.CONNECTION_LOST, link.endpoint() + " has not opened a stream that could take over");
            }
            if (held.size() == MAX_HELD_FRAMES) {
                throw MillraceException.of(Reason.CONNECTION_LOST, "the stream at " + link.endpoint() + " has waited");
            }
            held.add(frame);
        }

        /** Outside of the lock. */
        private void tellOpened() {
            if (opened && openedTold.compareAndSet(false, true)) {
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
            openedNanos = now();
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
            if (askedToMove) {
                return;
            }
            askedToMove = true;
            this.elsewhere = elsewhere;
            LOG.debug("{} moves away from {}", role.name(), link.endpoint());
            timer.schedule(() -> leave(this), moveDelay(delay).toNanos(), TimeUnit.NANOSECONDS);
        }

        /** Where every server drains at once the stream must not be moved round and round without a pause. */
        private Duration moveDelay(Duration asked) {
            if (hasProgressed) {
                return asked;
            }
            failures = hasLasted() ? 1 : failures + 1;
            Duration own = connection.backoff().delay(failures);
            return own.compareTo(asked) > 0 ? own : asked;
        }

        /** A stream on which nothing is published makes no progress, and is none that fails. */
        private boolean hasLasted() {
            return opened && now() - openedNanos >= connection.backoff().max().toNanos();
        }

        private MillraceException reasonToMove() {
            return MillraceException.of(Reason.SERVER_DRAINING, link.endpoint() + " asked for the stream to be moved");
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
