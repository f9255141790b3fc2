// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * A subscriber from now on to a topic of one partition, with a connection of its own, that checks every event. It reads
 * what it is told to {@link #request}.
 */
final class CountingReader extends BaseSubscriber<ReceivedEvent> implements AutoCloseable {
    private static final int OPEN_SECONDS = 30;

    /** How often {@code onProgress} is told, in events. */
    private static final int PROGRESS_EVENTS = 64;

    private final MillraceConnection connection;
    private final TopicPartition partition;
    private final Runnable onProgress;
    private final List<Signal> signals = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private volatile @Nullable OrderCheck order;
    private volatile @Nullable Throwable failure;
    private volatile long nextNumber;

    private CountingReader(int port, TopicName topic, Runnable onProgress) {
        this.connection = MillraceConnection.to("127.0.0.1:" + port);
        this.partition = new TopicPartition(topic, 0);
        this.onProgress = onProgress;
    }

    /** Opens one and waits until it is open; it has requested nothing. */
    static CountingReader open(int port, TopicName topic, Runnable onProgress) {
        CountingReader reader = new CountingReader(port, topic, onProgress);
        Consumer.on(reader.connection)
                .subscribe(topic.value())
                .fromNow()
                .onSignal(reader::heard)
                .events()
                .subscribe(reader);
        reader.opened.orTimeout(OPEN_SECONDS, TimeUnit.SECONDS).join();
        return reader;
    }

    /** The number behind everything that it has received. */
    long nextNumber() {
        Throwable error = failure;
        if (error != null) {
            throw new AssertionError("a subscription has failed", error);
        }
        return nextNumber;
    }

    /** What it has received; to be asked when it is at rest. */
    OrderCheck order() {
        OrderCheck check = order;
        if (check == null) {
            throw new IllegalStateException("not open");
        }
        return check;
    }

    boolean hasHeard(Predicate<Signal> what) {
        return signals.stream().anyMatch(what);
    }

    /** Leaves. */
    @Override
    public void close() {
        cancel();
        connection.close();
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        // requests when it is told to
    }

    @Override
    protected void hookOnNext(ReceivedEvent event) {
        OrderCheck check = order();
        check.accept(event);
        nextNumber = NumberedEvents.numberOf(event) + 1;
        if (check.events() % PROGRESS_EVENTS == 0) {
            onProgress.run();
        }
    }

    @Override
    protected void hookOnError(Throwable error) {
        failure = error;
        opened.completeExceptionally(error);
    }

    private void heard(Signal signal) {
        if (signal instanceof Signal.Opened start && order == null) {
            nextNumber = start.start().nextOffset(partition).orElseThrow();
            order = OrderCheck.from(nextNumber);
            opened.complete(null);
        }
        if (!(signal instanceof Signal.Heartbeat)) {
            signals.add(signal);
        }
    }
}
