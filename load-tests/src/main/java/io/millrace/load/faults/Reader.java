// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.Cursor;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.consumers.SubscriptionBuilder;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.ReaderJournal;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * One reader through the SDK, which leaves now and then and goes on later at its cursor. Keeps its journal.
 *
 * <p><b>Threads.</b> Safe from any thread: sessions come one after another, and all of this reader's state is guarded by
 * its lock, under which nothing of the SDK is called but its cursors.
 */
final class Reader implements AutoCloseable {
    /** Where a reader begins. */
    enum Origin {
        BEGINNING,
        NOW,
        OFFSETS
    }

    private static final int LEAST_SESSION_EVENTS = 5_000;
    private static final int SESSION_SPREAD_EVENTS = 60_000;
    private static final int LEAST_STAY_EVENTS = 1_000;
    private static final int STAY_SPREAD_EVENTS = 20_000;
    private static final int MOST_PAUSE_MILLIS = 400;
    private static final int FAILURE_PAUSE_MILLIS = 200;
    private static final int DEMAND_EVENTS = 512;

    private final MillraceConnection connection;
    private final String topic;
    private final KnownEvents events;
    private final ReaderJournal journal;
    private final boolean lasting;
    private final SplittableRandom random;
    private final ScheduledExecutorService timer;
    private final Failures failures;
    private final long[] next = new long[FaultSettings.PARTITIONS];
    private @Nullable Session session;
    private @Nullable ReceivedEvent last;
    private boolean began;
    private boolean closed;
    private volatile long received;
    private volatile int reconnects;

    /**
     * @param lasting true when it stays until everything is stored; else it leaves for good some time after it has
     *     reached the live end
     */
    Reader(
            String name,
            MillraceConnection connection,
            String topic,
            KnownEvents events,
            int mostEvents,
            boolean lasting,
            SplittableRandom random,
            ScheduledExecutorService timer,
            Failures failures) {
        this.connection = connection;
        this.topic = topic;
        this.events = events;
        this.journal = new ReaderJournal(name, mostEvents);
        this.lasting = lasting;
        this.random = random;
        this.timer = timer;
        this.failures = failures;
    }

    /** Begins, at these offsets where it is to begin at offsets. */
    void begin(Origin origin, long[] offsets) {
        SubscriptionBuilder builder = Consumer.on(connection).subscribe(topic);
        switch (origin) {
            case NOW -> builder.fromNow();
            case BEGINNING -> {
                builder.fromBeginning();
                begin(new long[FaultSettings.PARTITIONS]);
            }
            case OFFSETS -> {
                builder.fromOffsets(positions(offsets));
                begin(offsets);
            }
        }
        subscribe(builder);
    }

    /** Whether it stays to the end. */
    boolean isLasting() {
        return lasting;
    }

    /** Events so far. */
    long received() {
        return received;
    }

    /** How often the SDK has opened its stream again. */
    int reconnects() {
        return reconnects;
    }

    /** Whether it has read up to these offsets. */
    synchronized boolean hasReached(long[] ends) {
        for (int partition = 0; partition < ends.length; partition++) {
            if (next[partition] < ends[partition]) {
                return false;
            }
        }
        return true;
    }

    /** To be asked when it is closed. */
    ReaderJournal journal() {
        return journal;
    }

    /** Leaves for good; nothing is written to its journal any more. */
    @Override
    public void close() {
        Session left;
        synchronized (this) {
            closed = true;
            left = session;
            session = null;
        }
        if (left != null) {
            left.cancel();
        }
        connection.close();
    }

    private synchronized void begin(long[] offsets) {
        journal.began(offsets);
        System.arraycopy(offsets, 0, next, 0, next.length);
        began = true;
    }

    private void resumeLater(Cursor cursor, int millis) {
        timer.schedule(
                () -> {
                    try {
                        resume(cursor);
                    } catch (RuntimeException e) {
                        failures.add(journal.name() + " could not go on: " + e);
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    private void resume(Cursor cursor) {
        synchronized (this) {
            if (closed) {
                return;
            }
            journal.resumed(offsets(cursor));
        }
        subscribe(Consumer.on(connection).subscribe(topic).from(cursor));
    }

    private void subscribe(SubscriptionBuilder builder) {
        Session opened = new Session();
        synchronized (this) {
            if (closed) {
                return;
            }
            opened.left = LEAST_SESSION_EVENTS + random.nextInt(SESSION_SPREAD_EVENTS);
            session = opened;
        }
        builder.clientName("faults").onSignal(opened::heard).events().subscribe(opened);
    }

    private long[] offsets(Cursor cursor) {
        long[] offsets = new long[FaultSettings.PARTITIONS];
        for (int partition = 0; partition < offsets.length; partition++) {
            offsets[partition] = cursor.nextOffset(partition(partition)).orElse(ReaderJournal.ANYWHERE);
        }
        return offsets;
    }

    private Map<TopicPartition, Long> positions(long[] offsets) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (int partition = 0; partition < offsets.length; partition++) {
            positions.put(partition(partition), offsets[partition]);
        }
        return positions;
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(new TopicName(topic), number);
    }

    /** What becomes of a session after an event. */
    private enum Turn {
        STAYS,
        PAUSES,
        LEAVES
    }

    /** One subscription. */
    private final class Session extends BaseSubscriber<ReceivedEvent> {
        private int left;
        private boolean staysNoLonger;
        private int requested;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requested = DEMAND_EVENTS;
            request(DEMAND_EVENTS);
        }

        @Override
        protected void hookOnNext(ReceivedEvent event) {
            switch (take(event)) {
                case STAYS -> {
                    requested--;
                    if (requested == DEMAND_EVENTS / 2) {
                        requested += DEMAND_EVENTS / 2;
                        request(DEMAND_EVENTS / 2);
                    }
                }
                case PAUSES -> {
                    cancel();
                    Cursor cursor = event.cursor();
                    resumeLater(cursor, pauseMillis());
                }
                case LEAVES -> close();
            }
        }

        private Turn take(ReceivedEvent event) {
            synchronized (Reader.this) {
                if (session != this) {
                    return Turn.STAYS;
                }
                long number =
                        events.recognise(event.event().key(), event.event().data());
                journal.read(event.partition(), event.offset(), number);
                next[event.partition()] = event.offset() + 1;
                last = event;
                received = journal.size();
                left--;
                if (left > 0) {
                    return Turn.STAYS;
                }
                session = null;
                closed = staysNoLonger;
                return staysNoLonger ? Turn.LEAVES : Turn.PAUSES;
            }
        }

        private int pauseMillis() {
            synchronized (Reader.this) {
                return random.nextInt(MOST_PAUSE_MILLIS);
            }
        }

        @Override
        protected void hookOnError(Throwable error) {
            ReceivedEvent lastEvent;
            synchronized (Reader.this) {
                if (session != this) {
                    return;
                }
                session = null;
                lastEvent = last;
            }
            failures.add(journal.name() + " was ended: " + error);
            if (lastEvent != null) {
                resumeLater(lastEvent.cursor(), FAILURE_PAUSE_MILLIS);
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
        void heard(Signal signal) {
            synchronized (Reader.this) {
                if (session != this) {
                    return;
                }
                if (signal instanceof Signal.Opened opened) {
                    if (!began) {
                        begin(offsets(opened.start()));
                    }
                    reconnects += opened.resumed() ? 1 : 0;
                } else if (signal instanceof Signal.CaughtUp) {
                    journal.handedOver();
                    if (!lasting && !staysNoLonger) {
                        staysNoLonger = true;
                        left = LEAST_STAY_EVENTS + random.nextInt(STAY_SPREAD_EVENTS);
                    }
                } else if (signal instanceof Signal.Gap gap) {
                    failures.add(journal.name() + " was told of a gap: " + gap);
                }
            }
        }
    }
}
