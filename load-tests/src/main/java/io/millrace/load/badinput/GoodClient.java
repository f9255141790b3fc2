// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.sample.SampleEvents;
import io.millrace.producers.Producer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/**
 * A client that behaves: it publishes at a steady pace to a topic of its own, reads it, and holds every event against what
 * it published. It works from its start to its close; {@link #received} tells how far it has got.
 *
 * <p>The pace is kept by the clock. Events that were due while the queue of {@value #QUEUED_EVENTS} was full are made when
 * there is room again, up to as many; what is beyond that is given up, and missing from the rate.
 */
final class GoodClient implements AutoCloseable {
    /** The topic, which no bad input names. */
    static final TopicName TOPIC = new TopicName("well-behaved");

    private static final int QUEUED_EVENTS = 8_192;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_FLAWS = 20;

    private final int eventsPerSecond;
    private final SampleEvents samples = new SampleEvents();
    private final MillraceConnection connection;
    private final Producer producer;
    private final Disposable publishing;
    private final Disposable reading;
    private final Sinks.Many<Event> source = Sinks.many()
            .unicast()
            .onBackpressureBuffer(Queues.<Event>get(QUEUED_EVENTS).get());
    private final CountDownLatch opened = new CountDownLatch(1);
    private final List<String> flaws = new ArrayList<>();
    private final Thread pacer = new Thread(this::publish, "well-behaved");
    private volatile boolean closing;
    private volatile long made;
    private volatile long acknowledged;
    private volatile long received;

    private GoodClient(String endpoint, int eventsPerSecond) {
        this.eventsPerSecond = eventsPerSecond;
        connection = MillraceConnection.to(endpoint);
        Objects.requireNonNull(connection.topics().create(TopicSpec.of(TOPIC)).block(PATIENCE));
        producer = Producer.to(connection, TOPIC.value());
        publishing = producer.publishAll(source.asFlux())
                .subscribe(ack -> acknowledged(), failure -> flaw("publishing ended: " + failure));
        reading = Consumer.on(connection)
                .subscribe(TOPIC.value())
                .fromBeginning()
                .onSignal(this::signalled)
                .events()
                .subscribe(this::received, failure -> flaw("reading ended: " + failure));
    }

    /** Returns when it is under way. */
    static GoodClient start(String endpoint, int eventsPerSecond) throws InterruptedException {
        GoodClient client = new GoodClient(endpoint, eventsPerSecond);
        if (!client.opened.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            client.close();
            throw new IllegalStateException("the well-behaved client could not subscribe");
        }
        client.pacer.start();
        return client;
    }

    /** Events received so far. */
    long received() {
        return received;
    }

    /** Ends publishing and waits for what is under way; then {@link #flaws} are all there are. */
    void finish() throws InterruptedException {
        closing = true;
        pacer.join();
        source.tryEmitComplete();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while ((received < made || acknowledged < made) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TICK_NANOS);
        }
        if (received < made || acknowledged < made) {
            flaw(made + " events were published, " + acknowledged + " acknowledged and " + received + " received");
        }
    }

    /** What was lost, repeated, changed or ended, in words. */
    List<String> flaws() {
        synchronized (flaws) {
            return List.copyOf(flaws);
        }
    }

    @Override
    public void close() {
        closing = true;
        reading.dispose();
        publishing.dispose();
        producer.close();
        connection.close();
    }

    private void publish() {
        long startNanos = System.nanoTime();
        long given = 0; // up
        while (!closing) {
            long elapsedNanos = System.nanoTime() - startNanos;
            long due = elapsedNanos * eventsPerSecond / TimeUnit.SECONDS.toNanos(1) - given;
            while (made < due && source.tryEmitNext(samples.at(made)) == Sinks.EmitResult.OK) {
                made = made + 1;
            }
            given += Math.max(0, due - made - QUEUED_EVENTS);
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    /** Acknowledgements come one at a time. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void acknowledged() {
        acknowledged++;
    }

    private void received(ReceivedEvent event) {
        long expected = received;
        if (event.offset() != expected) {
            flaw("offset " + event.offset() + " came where " + expected + " was due");
        } else if (!Objects.equals(event.event().data(), samples.at(expected).data())) {
            flaw("the event at " + expected + " is another one");
        }
        received = event.offset() + 1;
    }

    private void signalled(Signal signal) {
        if (signal instanceof Signal.CaughtUp) {
            opened.countDown();
        } else if (signal instanceof Signal.Gap || signal instanceof Signal.Disconnected) {
            flaw("signal " + signal);
        }
    }

    private void flaw(String what) {
        synchronized (flaws) {
            if (flaws.size() < MOST_FLAWS) {
                flaws.add(what);
            }
        }
    }
}
