// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.topic.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * A subscriber that reads a topic from its beginning as fast as it can, across the live end, and leaves when it has
 * received some more events after {@code CaughtUp}.
 */
final class Crossing extends BaseSubscriber<ReceivedEvent> {
    private static final long NOT_YET = -1;

    private final int liveEvents;
    private final OrderCheck order = OrderCheck.fromBeginning();
    private final List<Signal> signals = new ArrayList<>();
    private final CompletableFuture<Crossing> ended = new CompletableFuture<>();
    private long caughtUpAfter = NOT_YET;
    private long lastEventNanos;
    private long longestPauseNanos;

    private Crossing(int liveEvents) {
        this.liveEvents = liveEvents;
    }

    /** Crosses, and waits until it has. */
    static Crossing of(MillraceConnection connection, TopicName topic, int liveEvents, Duration atMost) {
        Crossing crossing = new Crossing(liveEvents);
        Consumer.on(connection)
                .subscribe(topic.value())
                .fromBeginning()
                .onSignal(crossing::heard)
                .events()
                .subscribe(crossing);
        try {
            return crossing.ended
                    .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (RuntimeException unfinished) {
            crossing.cancel();
            throw new AssertionError("the crossing has not ended well: " + crossing, unfinished);
        }
    }

    OrderCheck order() {
        return order;
    }

    /** Everything it heard that was not an event, in order. */
    List<Signal> signals() {
        return signals;
    }

    /** Events before the first {@code CaughtUp}. */
    long replayedEvents() {
        return caughtUpAfter;
    }

    /** The longest time without an event. */
    Duration longestPause() {
        return Duration.ofNanos(longestPauseNanos);
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        lastEventNanos = System.nanoTime();
        requestUnbounded();
    }

    @Override
    protected void hookOnNext(ReceivedEvent event) {
        long now = System.nanoTime();
        longestPauseNanos = Math.max(longestPauseNanos, now - lastEventNanos);
        lastEventNanos = now;
        order.accept(event);
        if (caughtUpAfter != NOT_YET && order.events() == caughtUpAfter + liveEvents) {
            cancel();
            ended.complete(this);
        }
    }

    @Override
    protected void hookOnError(Throwable error) {
        ended.completeExceptionally(error);
    }

    @Override
    protected void hookOnComplete() {
        ended.completeExceptionally(new IllegalStateException("a stream without an end has completed"));
    }

    private void heard(Signal signal) {
        signals.add(signal);
        if (caughtUpAfter == NOT_YET && signal instanceof Signal.CaughtUp) {
            caughtUpAfter = order.events();
        }
    }

    @Override
    public String toString() {
        return order.events() + " events, caught up after " + caughtUpAfter + ", " + order.gaps() + " gaps, "
                + order.repeats() + " repeats (first deviation: " + order.firstDeviation() + "), signals " + signals;
    }
}
