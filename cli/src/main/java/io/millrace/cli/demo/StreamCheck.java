// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.cli.output.DeliveredEvent;
import io.millrace.consumers.Signal;
import io.millrace.consumers.SubscriptionBuilder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/**
 * A subscription whose events all go to a verifier.
 *
 * <p><b>Threads.</b> {@link #awaitOpened} and {@link #await} block; the verifier is used on the subscription's worker.
 */
final class StreamCheck {
    /** A stream that ought to deliver and does not for this long has ended, with a gap. */
    private static final Duration STALL = Duration.ofSeconds(30);

    private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    private final CompletableFuture<Long> endedNanos = new CompletableFuture<>();
    private final StreamVerifier verifier;

    private StreamCheck(StreamVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * Opens the subscription.
     *
     * @param count how many events the stream has
     * @param onArrival told of each event as it arrives, before anything else happens to it
     * @param tampering what happens to the stream on its way to the verifier: nothing, but for tests
     */
    static StreamCheck open(
            SubscriptionBuilder subscription,
            long count,
            Consumer<DeliveredEvent> onArrival,
            UnaryOperator<Flux<DeliveredEvent>> tampering,
            StreamVerifier verifier) {
        StreamCheck check = new StreamCheck(verifier);
        Flux<DeliveredEvent> arriving = subscription
                .onSignal(check::hear)
                .events()
                .map(event -> new DeliveredEvent(
                        event.topic(), event.partition(), event.offset(), event.recordTime(), event.event()))
                .take(count)
                .timeout(STALL, Flux.empty())
                .doOnNext(onArrival);
        tampering
                .apply(arriving)
                .subscribe(verifier::accept, check::fail, () -> check.endedNanos.complete(System.nanoTime()));
        return check;
    }

    /** Waits until nothing that is published any more can be missed. */
    StreamCheck awaitOpened() {
        opened.join();
        return this;
    }

    /** Waits for the end of the stream and tells when it was, on the clock of {@link System#nanoTime}. */
    long await() {
        return endedNanos.join();
    }

    /** What the stream was found to be; after {@link #await}. */
    Verdict verdict() {
        return verifier.verdict();
    }

    private void hear(Signal signal) {
        if (signal instanceof Signal.Opened) {
            opened.complete(true);
        }
    }

    private void fail(Throwable error) {
        opened.completeExceptionally(error);
        endedNanos.completeExceptionally(error);
    }
}
