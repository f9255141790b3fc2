// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicName;
import io.millrace.producers.Producer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One SDK producer that publishes numbered events: as many as it is allowed, or at a steady pace. A pause of the machine
 * is made up for, so the mean rate is exact.
 */
final class NumberedPublisher implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Scheduler scheduler = Schedulers.newSingle("numbered-publisher", true);
    private final NumberedSource source;
    private final Producer producer;
    private final AtomicLong acknowledged = new AtomicLong();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Disposable.Swap pace = Disposables.swap();

    NumberedPublisher(MillraceConnection connection, TopicName topic, NumberedEvents events) {
        source = new NumberedSource(events, scheduler);
        producer = Producer.to(connection, topic.value());
        producer.publishAll(source)
                .subscribe(
                        ack -> acknowledged.incrementAndGet(), done::completeExceptionally, () -> done.complete(null));
    }

    /** Lets it publish at full speed up to this number, exclusive, and no further. */
    void allowUpTo(long number) {
        pace.update(Disposables.disposed());
        source.limit(() -> number);
    }

    /** Lets it publish at full speed up to a number that grows; {@link #wake} when it has. */
    void allowUpTo(LongSupplier number) {
        pace.update(Disposables.disposed());
        source.limit(number);
    }

    /** The limit has grown. */
    void wake() {
        source.wake();
    }

    /** From now on, and from this number on, so many events per second. */
    void pace(long firstNumber, int eventsPerSecond) {
        long startNanos = System.nanoTime();
        source.limit(
                () -> firstNumber + (System.nanoTime() - startNanos) * eventsPerSecond / TimeUnit.SECONDS.toNanos(1));
        pace.update(Flux.interval(TICK, scheduler).onBackpressureDrop().subscribe(tick -> source.wake()));
    }

    /** Publishes nothing until it is allowed again; returns how many events are stored when all of them are. */
    long pause() {
        allowUpTo(0);
        Mono.fromRunnable(() -> {}).subscribeOn(scheduler).block(PATIENCE); // behind the last emission
        long emitted = source.emitted();
        awaitAcknowledged(emitted);
        return emitted;
    }

    /** Events that are stored; all of them in order from number 0. */
    long acknowledged() {
        if (done.isCompletedExceptionally()) {
            done.join();
        }
        return acknowledged.get();
    }

    void awaitAcknowledged(long count) {
        await("acknowledgement of event " + count)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(TICK)
                .until(() -> acknowledged() >= count);
    }

    /** Publishes no more, and waits until everything that was published is stored. Errors when something was not. */
    void finish() {
        pace.dispose();
        source.end();
        done.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        pace.dispose();
        source.end();
        producer.close();
        scheduler.dispose();
    }
}
