// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.Backoff;
import io.millrace.client.MillraceConnection;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.PublisherJournal;
import io.millrace.load.fault.Direction;
import io.millrace.load.fault.FaultProxy;
import io.millrace.load.fault.Framing;
import io.millrace.load.fault.LinkFault;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.Patience;
import io.millrace.producers.Producer;
import io.millrace.producers.PublishAck;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A publisher with a name behind a proxy of its own, so that its answers can be lost and its next try sent to a broker of
 * choice. One thread commands it; acknowledgements come on others.
 */
final class NamedPublisher implements AutoCloseable {
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(10), Duration.ofMillis(200));
    private static final Duration SETTLED_PATIENCE = Duration.ofSeconds(60);

    private final int number;
    private final KnownEvents events;
    private final Failures violations;
    private final FaultProxy link;
    private final MillraceConnection connection;
    private final Producer producer;
    private final PublisherJournal journal;
    private final AtomicInteger acknowledged = new AtomicInteger();

    /**
     * @param mostEvents that it may publish
     * @param port of the broker that it begins at
     */
    NamedPublisher(
            int number, String topic, KnownEvents events, int mostEvents, int port, long seed, Failures violations) {
        this.number = number;
        this.events = events;
        this.violations = violations;
        link = FaultProxy.listen(Framing.HTTP2, seed);
        link.forwardTo(port);
        connection =
                MillraceConnection.builder(link.endpoint()).backoff(BACKOFF).build();
        producer = Producer.builder(connection, topic)
                .exactlyOnce(topic + "-" + number)
                .build();
        journal = new PublisherJournal(number, true, mostEvents);
    }

    /** Hands over so many events. */
    void publish(int count) {
        for (int i = 0; i < count; i++) {
            long sequence = journal.sent();
            producer.publish(events.event(KnownEvents.number(number, sequence)))
                    .subscribe(
                            ack -> acknowledged(sequence, ack),
                            failure -> violations.add("event " + number + ":" + sequence + " failed: " + failure));
        }
    }

    /** Whatever the broker answers vanishes from now on. */
    void loseAnswers() {
        link.begin(new LinkFault.HalfOpen(Direction.TO_CLIENT));
    }

    /** The connection is reset; the next one goes to this port. */
    void retryAt(int port) {
        link.forwardTo(port);
        link.begin(new LinkFault.Reset());
        link.end();
    }

    /** How many events it has handed over. */
    int sent() {
        return journal.size();
    }

    /** How many of them are acknowledged. */
    int acknowledged() {
        return acknowledged.get();
    }

    /** All that it has handed over is acknowledged. */
    boolean isSettled() {
        return acknowledged() == sent();
    }

    /** To be asked when it is settled. */
    PublisherJournal journal() {
        return journal;
    }

    @Override
    public void close() {
        connection.close();
        link.close();
    }

    /** Waits until all that they have handed over is acknowledged. It is a violation when that takes too long. */
    static void awaitSettled(List<NamedPublisher> publishers, String when, Failures violations) {
        if (!Patience.until(() -> publishers.stream().allMatch(NamedPublisher::isSettled), SETTLED_PATIENCE)) {
            publishers.stream()
                    .filter(publisher -> !publisher.isSettled())
                    .forEach(publisher -> violations.add(when + ": " + publisher.acknowledged() + " of "
                            + publisher.sent() + " events are acknowledged"));
        }
    }

    /** Closes all. */
    static void close(List<NamedPublisher> publishers) {
        publishers.forEach(NamedPublisher::close);
    }

    private void acknowledged(long sequence, PublishAck ack) {
        journal.acknowledged(sequence, ack.partition().partition(), ack.offset());
        acknowledged.incrementAndGet();
    }
}
