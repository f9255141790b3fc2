// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.load.faults.Failures;
import reactor.core.Disposable;

/**
 * A subscriber with a connection of its own and the defaults of the SDK, of a topic of one partition without
 * transactions, so that each offset follows the one before. Events come one at a time; anybody may ask.
 */
final class StormClient implements AutoCloseable {
    private final String name;
    private final Failures violations;
    private final MillraceConnection connection;
    private final Disposable subscription;
    private volatile boolean opened;
    private volatile long next = -1;
    private volatile int reopened;

    StormClient(int number, String endpoints, String topic, Failures violations) {
        this.name = "client " + number;
        this.violations = violations;
        this.connection = MillraceConnection.to(endpoints);
        this.subscription = Consumer.on(connection)
                .subscribe(topic)
                .fromNow()
                .creditEvents(256)
                .onSignal(this::heard)
                .events()
                .subscribe(this::received, failure -> violations.add(name + " was ended: " + failure));
    }

    /** It has a stream, or has had one. */
    boolean hasOpened() {
        return opened;
    }

    /** It has got the event at this offset, or a later one. */
    boolean hasReached(long offset) {
        return next > offset;
    }

    /** How often its stream was opened again. */
    int reopened() {
        return reopened;
    }

    @Override
    public void close() {
        subscription.dispose();
        connection.close();
    }

    private void received(ReceivedEvent event) {
        long expected = next;
        if (expected >= 0 && event.offset() != expected) {
            violations.add(name + " got offset " + event.offset() + " instead of " + expected);
        }
        next = event.offset() + 1;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one at a time
    private void heard(Signal signal) {
        if (signal instanceof Signal.Opened start) {
            opened = true;
            reopened += start.resumed() ? 1 : 0;
        } else if (signal instanceof Signal.Gap gap) {
            violations.add(name + " was told of a gap: " + gap);
        }
    }
}
