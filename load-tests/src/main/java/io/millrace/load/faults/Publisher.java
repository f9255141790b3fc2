// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.PublisherJournal;
import io.millrace.producers.Producer;
import io.millrace.producers.PublishAck;
import io.millrace.producers.PublishResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** One publisher of known events, at the given pace, through the SDK. Keeps its journal. */
public final class Publisher implements AutoCloseable {
    private static final int UNSETTLED_EVENTS = 16_384;

    private final int number;
    private final KnownEvents events;
    private final Pace pace;
    private final MillraceConnection connection;
    private final Producer producer;
    private final Scheduler source;
    private final PublisherJournal journal;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Ends ends;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Disposable publishing;

    private Publisher(
            int number,
            FaultSettings settings,
            KnownEvents events,
            Pace pace,
            MillraceConnection connection,
            String topic,
            Ends ends) {
        this.number = number;
        this.events = events;
        this.pace = pace;
        this.connection = connection;
        this.ends = ends;
        journal = new PublisherJournal(number, settings.identity(), settings.mostOfEach());
        source = Schedulers.newSingle("publisher-" + number, true);
        producer = producer(number, settings, connection, topic);
        publishing = producer.publishEach(Flux.generate(this::next).subscribeOn(source))
                .subscribe(this::note, done::completeExceptionally, () -> done.complete(null));
    }

    /** Begins at once. The connection becomes its own. */
    public static Publisher start(
            int number,
            FaultSettings settings,
            KnownEvents events,
            Pace pace,
            MillraceConnection connection,
            String topic,
            Ends ends) {
        return new Publisher(number, settings, events, pace, connection, topic, ends);
    }

    /** The one place where it is said what publishers promise. */
    private static Producer producer(int number, FaultSettings settings, MillraceConnection connection, String topic) {
        Producer.Builder builder = Producer.builder(connection, topic).maxUnsettledEvents(UNSETTLED_EVENTS);
        return settings.identity() ? builder.exactlyOnce("publisher-" + number).build() : builder.build();
    }

    /** To be asked when it is done. */
    public PublisherJournal journal() {
        return journal;
    }

    /** How many events it knows to be stored. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** How many of the events that it has sent it knows the fate of. */
    public long settled() {
        return acknowledged.get() + failed.get();
    }

    /** How many it does not know the fate of. */
    long unsettled() {
        int sent = journal.size(); // first, so that none is counted that was not there at one moment
        return Math.max(0, sent - settled());
    }

    /** It has sent everything and knows the fate of each event. Throws when publishing has failed altogether. */
    public boolean isDone() {
        if (done.isCompletedExceptionally()) {
            done.join();
        }
        return done.isDone();
    }

    /** Ends it, whatever is under way. */
    @Override
    public void close() {
        publishing.dispose();
        if (done.isDone()) {
            producer.close(); // at once: nothing is under way
        }
        connection.close();
        source.dispose();
    }

    private void next(SynchronousSink<Event> sink) {
        if (pace.await(journal.size(), failed.get())) {
            sink.next(events.event(KnownEvents.number(number, journal.sent())));
        } else {
            sink.complete();
        }
    }

    private void note(PublishResult result) {
        if (result instanceof PublishResult.Stored stored) {
            PublishAck ack = stored.ack();
            journal.acknowledged(stored.index(), ack.partition().partition(), ack.offset());
            ends.reached(ack.partition().partition(), ack.offset() + 1);
            acknowledged.incrementAndGet();
        } else if (result instanceof PublishResult.Failed failure) {
            if (failure.cause().is(Reason.PUBLISH_OUTCOME_UNKNOWN)) {
                journal.unknown(failure.index());
            } else {
                journal.refused(failure.index());
            }
            failed.incrementAndGet();
        }
    }
}
