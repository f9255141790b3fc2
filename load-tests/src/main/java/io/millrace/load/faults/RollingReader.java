// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.ReaderJournal;
import java.time.Duration;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * One subscriber, on one subscription from the beginning to the end of the run. Whatever it is told but events, it should
 * not have been told. Keeps its journal. Safe from any thread.
 */
public final class RollingReader extends BaseSubscriber<ReceivedEvent> {
    private final MillraceConnection connection;
    private final KnownEvents events;
    private final ReaderJournal journal;
    private final int demand;
    private final Failures failures;
    private final long[] next = new long[FaultSettings.PARTITIONS];
    private int requested;
    private int moves;
    private int disconnects;
    private long lastNanos;
    private long longestPauseNanos;
    private boolean left;

    /**
     * @param demand most events that it has requested and not received
     * @param mostEvents that its journal holds
     */
    private RollingReader(
            String name,
            MillraceConnection connection,
            KnownEvents events,
            int demand,
            int mostEvents,
            Failures failures) {
        this.connection = connection;
        this.events = events;
        this.journal = new ReaderJournal(name, mostEvents);
        this.demand = demand;
        this.failures = failures;
        journal.began(next);
    }

    /** Begins at once. The connection becomes its own. */
    public static RollingReader start(
            String name,
            MillraceConnection connection,
            String topic,
            KnownEvents events,
            int demand,
            int mostEvents,
            Failures failures) {
        RollingReader reader = new RollingReader(name, connection, events, demand, mostEvents, failures);
        Consumer.on(connection)
                .subscribe(topic)
                .fromBeginning()
                .clientName(name)
                .onSignal(reader::heard)
                .events()
                .subscribe(reader);
        return reader;
    }

    /** Events so far. */
    public synchronized int received() {
        return journal.size();
    }

    /** Whether it has read up to these offsets. */
    public synchronized boolean hasReached(long[] ends) {
        for (int partition = 0; partition < ends.length; partition++) {
            if (next[partition] < ends[partition]) {
                return false;
            }
        }
        return true;
    }

    /** How often its stream has gone over to another server. */
    synchronized int moves() {
        return moves;
    }

    /** How often the SDK had no stream for a moment. */
    synchronized int disconnects() {
        return disconnects;
    }

    /** Longest time between two events. */
    synchronized Duration longestPause() {
        return Duration.ofNanos(longestPauseNanos);
    }

    /** Nothing is written to its journal any more. */
    public void leave() {
        synchronized (this) {
            left = true;
        }
        cancel();
        connection.close();
    }

    /** To be asked when it has left. */
    public ReaderJournal journal() {
        return journal;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        requested = demand;
        request(demand);
    }

    @Override
    protected void hookOnNext(ReceivedEvent event) {
        take(event);
        requested--;
        if (requested <= demand / 2) {
            int more = demand - requested;
            requested = demand;
            request(more);
        }
    }

    private synchronized void take(ReceivedEvent event) {
        if (left) {
            return;
        }
        long nowNanos = System.nanoTime();
        longestPauseNanos = journal.size() == 0 ? 0 : Math.max(longestPauseNanos, nowNanos - lastNanos);
        lastNanos = nowNanos;
        journal.read(
                event.partition(),
                event.offset(),
                events.recognise(event.event().key(), event.event().data()));
        next[event.partition()] = event.offset() + 1;
    }

    @Override
    protected void hookOnError(Throwable error) {
        add("was ended: " + error);
    }

    @Override
    protected void hookOnComplete() {
        add("was completed");
    }

    private synchronized void add(String what) {
        if (!left) {
            failures.add(journal.name() + " " + what);
        }
    }

    private synchronized void heard(Signal signal) {
        if (signal instanceof Signal.Opened opened) {
            moves += opened.resumed() ? 1 : 0;
        } else if (signal instanceof Signal.Disconnected) {
            disconnects += left ? 0 : 1;
        } else if (signal instanceof Signal.Gap gap) {
            add("was told of a gap: " + gap);
        }
    }
}
