// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.client.stream.ReopeningCall;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.millrace.wire.TopicResource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Publishes to one topic, over one stream that is opened with the first event and opened again when it breaks.
 *
 * <p><b>Promise.</b> An acknowledged event is stored durably. Events are sent in the order in which they were
 * published, so events of one key keep their order, also across reconnects. With {@link OnUnknown#RETRY}, the default,
 * an event may be stored twice after a broken connection, with the same id; with {@link Builder#exactlyOnce} never.
 *
 * <p><b>Demand.</b> No more than the window of {@link Builder#maxUnsettledEvents} and
 * {@link Builder#maxUnsettledBytes} is between publication and acknowledgement. {@link #publishAll} requests from its
 * source only what has room there; {@link #publish} beyond it is refused. Frames carry all that has gathered when the
 * server and the connection take one; nothing waits for a frame to fill.
 *
 * <p><b>Threads.</b> Safe from any thread; nothing but {@link #close} blocks. Acknowledgements come on one worker of
 * {@link Builder#deliverOn} at a time; who blocks there delays further acknowledgements of this producer only.
 *
 * <p><b>Errors.</b> Every error is a {@link MillraceException}. One that may pass, such as a lost connection, is not
 * signalled but waited out, at most for {@link Builder#ackTimeout}. A refusal of the stream, such as TOPIC_NOT_FOUND,
 * fails everything under way; the next event opens a stream again.
 */
public final class Producer implements AutoCloseable {
    /*
     * publish → window → (sending, Schedulers.parallel) PublishRole.nextFrame → gRPC
     * gRPC → (event loop) PublishRole.onFrame → window → (worker) tell → user
     * Frames are built off the publishing thread, so that what a fast source publishes meanwhile goes in one frame.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Producer.class);

    private final MillraceConnection connection;
    private final ProducerOptions options;
    private final Envelope envelope;
    private final PublishWindow window;
    private final Scheduler.Worker worker;
    private final Scheduler timer = Schedulers.single();
    private final AtomicInteger missed = new AtomicInteger();
    private final AtomicBoolean timerArmed = new AtomicBoolean();
    private final Set<PublishEach> sources = ConcurrentHashMap.newKeySet();
    private final Queue<MonoSink<Long>> asking = new ConcurrentLinkedQueue<>();
    private final Mono<Void> drained = Mono.<Void>create(this::drain).cache();
    private volatile @Nullable PublishRole role;
    private volatile @Nullable ReopeningCall<PublishStreamRequest, PublishStreamResponse> call;

    private Producer(Builder builder) {
        connection = builder.connection;
        options = builder.options();
        envelope = new Envelope(options.source());
        window = new PublishWindow(options);
        worker = builder.deliverOn.createWorker();
    }

    /**
     * A builder for a producer of one topic. Throws {@link io.millrace.core.refusal.RefusedException} for a name that
     * can be none.
     */
    public static Builder builder(MillraceConnection connection, String topic) {
        return new Builder(connection, TopicResource.parse(topic));
    }

    /** A producer with the defaults. */
    public static Producer to(MillraceConnection connection, String topic) {
        return builder(connection, topic).build();
    }

    /**
     * Publishes one event when subscribed to, and again for each further subscriber. Completes with its
     * acknowledgement. Errors with PUBLISH_WINDOW_FULL when too many wait already. Cancelling does not take back what
     * was handed over.
     */
    public Mono<PublishAck> publish(Event event) {
        return Mono.create(sink -> publish(event, sink));
    }

    /**
     * Publishes every event of a source, in order. Acknowledgements come in the same order.
     *
     * <p>Requests from the source what has room in the window, so a slow server slows the source down; keeps at most
     * the window of acknowledgements for a slow subscriber. A source that blocks needs {@code subscribeOn}.
     *
     * <p>When an event fails, the flux errors after the acknowledgements of all before it. The error tells which event
     * it was, in its message and as {@code event_index} and {@code event_id} of its metadata. Events behind it that
     * were under way already may still be stored; {@link #publishEach} tells of each.
     */
    public Flux<PublishAck> publishAll(Publisher<Event> events) {
        return publishEach(events).handle((result, sink) -> {
            if (result instanceof PublishResult.Failed failed) {
                sink.error(firstFailure(failed));
            } else if (result instanceof PublishResult.Stored stored) {
                sink.next(stored.ack());
            }
        });
    }

    /**
     * As {@link #publishAll}, but goes on after a failed event and tells the fate of each. Errors only when the source
     * does, or when this producer is closed, after the results of everything before.
     */
    public Flux<PublishResult> publishEach(Publisher<Event> events) {
        return new Flux<>() {
            @Override
            public void subscribe(reactor.core.CoreSubscriber<? super PublishResult> actual) {
                Flux.from(events).subscribe(new PublishEach(Producer.this, options.maxUnsettledEvents(), actual));
            }
        };
    }

    /** Completes when everything that was handed over before the subscription is settled, stored or not. */
    public Mono<Void> flush() {
        return Mono.create(sink -> {
            boolean open = window.add(Pending.marker(new Outcome() {
                @Override
                public void passed() {
                    sink.success();
                }
            }));
            if (open) {
                wake();
            } else {
                sink.error(MillraceException.closed());
            }
        });
    }

    /**
     * The sequence of this producer's first event; later ones follow by one. With {@link Builder#exactlyOnce} it is one
     * more than what had been stored under the name, so a program that begins again knows where to go on: that is asked
     * of the server, which opens the stream, and errors as a publication does. Without a name it is 1.
     */
    public Mono<Long> firstSequence() {
        return Mono.create(sink -> {
            asking.add(sink);
            wake();
        });
    }

    /** Refuses further events, and completes when everything is settled and the stream has its end. */
    public Mono<Void> drain() {
        return drained;
    }

    /**
     * {@link #drain}, waited for: blocks until everything is settled, at most for the acknowledgement timeout. Not to be
     * called on a thread of this producer; does not close the connection.
     */
    @Override
    public void close() {
        drained.block(options.ackTimeout().plusSeconds(10));
    }

    /** Takes an event in; false when this producer is closed. {@link #wake} must follow. */
    boolean offer(Event event, Outcome outcome) {
        return window.add(Pending.of(
                envelope.complete(event), outcome, now() + options.ackTimeout().toNanos()));
    }

    /** There may be something to send or to tell. */
    void wake() {
        if (window.needsStream(!asking.isEmpty())) {
            startStream();
        }
        progress();
        armTimer();
    }

    /** Events that a source may have under way beyond those that are; not positive when there is no room. */
    long freeEvents() {
        return window.freeEvents();
    }

    /** Bytes that a source may have under way beyond those that are; not positive when there is no room. */
    long freeBytes() {
        return window.freeBytes();
    }

    void add(PublishEach source) {
        sources.add(source);
    }

    void remove(PublishEach source) {
        sources.remove(source);
    }

    private void publish(Event event, MonoSink<PublishAck> sink) {
        if (freeEvents() <= 0 || freeBytes() <= 0) {
            sink.error(MillraceException.of(
                    Reason.PUBLISH_WINDOW_FULL,
                    "the window of " + options.maxUnsettledEvents() + " events and " + options.maxUnsettledBytes()
                            + " bytes is full"));
            return;
        }
        boolean open = offer(event, new Outcome() {
            @Override
            public void stored(PublishAck ack) {
                sink.success(ack);
            }

            @Override
            public void failed(Event failed, MillraceException cause) {
                sink.error(cause);
            }
        });
        if (open) {
            wake();
        } else {
            sink.error(MillraceException.closed());
        }
    }

    private static MillraceException firstFailure(PublishResult.Failed failed) {
        return failed.cause()
                .withPrefix("event " + failed.index() + " of the source (id "
                        + failed.event().id() + "), after " + failed.index() + " stored ones: ")
                .withMetadata("event_index", Long.toString(failed.index()))
                .withMetadata("event_id", failed.event().id());
    }

    private void startStream() {
        PublishRole newRole = new PublishRole(options, window, this::progress);
        ReopeningCall<PublishStreamRequest, PublishStreamResponse> newCall =
                new ReopeningCall<>(connection, newRole, timer::schedule);
        role = newRole;
        call = newCall;
        newCall.start();
    }

    private void progress() {
        ReopeningCall<PublishStreamRequest, PublishStreamResponse> current = call;
        if (current != null) {
            current.wake();
        }
        answerFirstSequence();
        if (window.hasSettled() && missed.getAndIncrement() == 0) {
            try {
                worker.schedule(this::tellSettled);
            } catch (RejectedExecutionException e) {
                LOG.debug("nothing is told any more: the producer of {} is closed", options.topic());
            }
        }
    }

    private void answerFirstSequence() {
        long first = window.firstSequence();
        MillraceException failure = window.failure();
        if (first != PublishWindow.NOT_NUMBERED || failure != null) {
            for (MonoSink<Long> sink = asking.poll(); sink != null; sink = asking.poll()) {
                if (first == PublishWindow.NOT_NUMBERED && failure != null) {
                    sink.error(failure);
                } else {
                    sink.success(first);
                }
            }
        }
    }

    private void tellSettled() {
        int handled = missed.get();
        do {
            List<Pending> settled = window.takeSettled();
            settled.forEach(this::tell);
            window.release(settled);
            sources.forEach(PublishEach::wake);
            handled = missed.addAndGet(-handled);
        } while (handled != 0);
    }

    private void tell(Pending pending) {
        try {
            pending.tell(options.topic());
        } catch (RuntimeException e) {
            LOG.warn("a subscriber to an acknowledgement of {} failed", options.topic(), e);
        }
    }

    private void armTimer() {
        if (!timerArmed.get()) {
            Long deadline = window.nextDeadlineNanos();
            if (deadline != null && timerArmed.compareAndSet(false, true)) {
                timer.schedule(this::expire, Math.max(0, deadline - now()), TimeUnit.NANOSECONDS);
            }
        }
    }

    private void expire() {
        timerArmed.set(false);
        PublishRole current = role;
        window.expire(now(), current == null ? null : current.lastBreak());
        progress();
        armTimer();
    }

    private void drain(MonoSink<Void> sink) {
        window.close(Pending.marker(new Outcome() {
            @Override
            public void passed() {
                ReopeningCall<PublishStreamRequest, PublishStreamResponse> current = call;
                if (current != null) {
                    current.complete();
                }
                sink.success();
                worker.dispose();
            }
        }));
        wake();
    }

    private long now() {
        return timer.now(TimeUnit.NANOSECONDS);
    }

    /** Options of a producer; every setter returns this builder. Not thread-safe. */
    public static final class Builder {
        private static final Pattern PRODUCER_ID = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

        private final MillraceConnection connection;
        private final TopicName topic;
        private String source = "millrace-java";
        private int maxUnsettledEvents = 65_536;
        private long maxUnsettledBytes = 8 << 20;
        private int maxBatchEvents = 512;
        private int maxBatchBytes = 256 << 10;
        private Duration ackTimeout = Duration.ofMinutes(2);
        private OnUnknown onUnknown = OnUnknown.RETRY;
        private String producerId = "";
        private Scheduler deliverOn;

        private Builder(MillraceConnection connection, TopicName topic) {
            this.connection = connection;
            this.topic = topic;
            deliverOn = connection.deliverOn();
        }

        /** CloudEvents {@code source} of events that have none. Default: {@code millrace-java}. */
        public Builder source(String value) {
            source = Objects.requireNonNull(value);
            return this;
        }

        /** Most events between publication and acknowledgement. Default: 65,536. */
        public Builder maxUnsettledEvents(int value) {
            maxUnsettledEvents = (int) positive(value, "maxUnsettledEvents");
            return this;
        }

        /** Most bytes of them; one source may exceed it by what it has been asked for. Default: 8 MiB. */
        public Builder maxUnsettledBytes(long value) {
            maxUnsettledBytes = positive(value, "maxUnsettledBytes");
            return this;
        }

        /** Most events of one frame. Default: 512. */
        public Builder maxBatchEvents(int value) {
            maxBatchEvents = (int) positive(value, "maxBatchEvents");
            return this;
        }

        /** Most bytes of one frame, unless one event alone is larger. Default: 256 KiB. */
        public Builder maxBatchBytes(int value) {
            maxBatchBytes = (int) positive(value, "maxBatchBytes");
            return this;
        }

        /**
         * How long an event may wait for its acknowledgement, reconnects included. After that it fails: with
         * PUBLISH_OUTCOME_UNKNOWN when it was sent, else with what kept it from being sent. Default: 2 min.
         */
        public Builder ackTimeout(Duration value) {
            ackTimeout = Duration.ofNanos(positive(value.toNanos(), "ackTimeout"));
            return this;
        }

        /** What to do when acknowledgements are lost with a connection. Default: {@link OnUnknown#RETRY}. */
        public Builder onUnknown(OnUnknown value) {
            onUnknown = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Publishes under a name, so that every event is stored once, however often it is sent and to whichever server,
         * also when this program ends and a later one goes on under the name ({@link Producer#firstSequence}). Who opens
         * a stream under the name ends the one before: it fails with PRODUCER_FENCED. Where the
         * server has lost what it knew of the name, the producer fails with PRODUCER_FORGOTTEN.
         *
         * <p>It costs a transaction for each batch: latency of some tens of milliseconds, and a bound on how many such
         * producers a server takes.
         *
         * @param name 1 to 200 of {@code [a-zA-Z0-9._-]}
         */
        public Builder exactlyOnce(String name) {
            if (!PRODUCER_ID.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is not 1 to 200 of [a-zA-Z0-9._-]");
            }
            producerId = name;
            return this;
        }

        /** Where acknowledgements are delivered. Default: that of the connection. */
        public Builder deliverOn(Scheduler value) {
            deliverOn = Objects.requireNonNull(value);
            return this;
        }

        /** The producer. */
        public Producer build() {
            if (!producerId.isEmpty() && onUnknown == OnUnknown.FAIL) {
                throw new IllegalStateException(
                        "with exactlyOnce no outcome is unknown that another try does not tell");
            }
            return new Producer(this);
        }

        private ProducerOptions options() {
            return new ProducerOptions(
                    topic,
                    source,
                    maxUnsettledEvents,
                    maxUnsettledBytes,
                    maxBatchEvents,
                    maxBatchBytes,
                    ackTimeout,
                    onUnknown,
                    producerId);
        }

        private static long positive(long value, String name) {
            if (value <= 0) {
                throw new IllegalArgumentException(name + " of " + value + " is not positive");
            }
            return value;
        }
    }
}
