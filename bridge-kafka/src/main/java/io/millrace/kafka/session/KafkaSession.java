// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import io.millrace.core.log.AppendResult;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.kafka.refusal.KafkaRefusals;
import io.millrace.kafka.session.SessionWriter.Batch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A publisher's session: a thread that writes what has gathered while the transaction before was on its way (group
 * commit), so a lone event waits for nothing and a flood makes large transactions.
 *
 * <p><b>Bounds.</b> {@value #MAX_WAITING_BATCHES} batches wait at most; more is refused, which ends the session.
 */
final class KafkaSession implements PublisherSession {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaSession.class);
    private static final int MAX_WAITING_BATCHES = 8_192;

    /** A transaction is a stall for the readers of its partitions, so it is bounded; a batch is never cut. */
    private static final int MAX_TRANSACTION_EVENTS = 4_096;

    private final String producerId;
    private final Supplier<SessionWriter> takeOver;
    private final @Nullable KafkaSession before;
    private final Duration transactionTimeout;
    private final MonoSink<PublisherSession> opened;
    private final Consumer<KafkaSession> leave;
    private final CountDownLatch hasTakenOver = new CountDownLatch(1);

    private final Object lock = new Object();
    private final Queue<Unit> waiting = new ArrayDeque<>();
    private @Nullable Refusal ended;
    private @Nullable Thread waitsForKafka;
    private long nextSequence;
    private volatile long lastSequence;

    /**
     * A session that has not begun.
     *
     * @param takeOver opens the writer; waits for Kafka
     * @param before another session of the same publisher, which takes over first if it has not yet
     * @param transactionTimeout after which Kafka itself ends a transaction
     * @param opened gets the session, or why there is none
     * @param leave told when it has ended and its thread has
     */
    KafkaSession(
            String producerId,
            Supplier<SessionWriter> takeOver,
            @Nullable KafkaSession before,
            Duration transactionTimeout,
            MonoSink<PublisherSession> opened,
            Consumer<KafkaSession> leave) {
        this.producerId = producerId;
        this.takeOver = takeOver;
        this.before = before;
        this.transactionTimeout = transactionTimeout;
        this.opened = opened;
        this.leave = leave;
    }

    /** Opens it on a thread of its own. */
    void start() {
        Thread thread = new Thread(this::run, "millrace-publisher-" + producerId);
        thread.setDaemon(true);
        thread.start();
    }

    String producerId() {
        return producerId;
    }

    @Override
    public long lastSequence() {
        return lastSequence;
    }

    @Override
    public Mono<AppendResult> append(NumberedRun run, long answeredThrough) {
        return enter(new Batch(List.of(run), false), answeredThrough).map(results -> results.get(0));
    }

    @Override
    public Mono<List<AppendResult>> appendAtomically(List<NumberedRun> runs, long answeredThrough) {
        return runs.isEmpty() ? Mono.just(List.of()) : enter(new Batch(runs, true), answeredThrough);
    }

    private Mono<List<AppendResult>> enter(Batch batch, long answeredThrough) {
        return Mono.create(answer -> {
            Refusal refusal = enter(new Unit(batch, answeredThrough, answer));
            if (refusal != null) {
                answer.error(refusal.asException());
            }
        });
    }

    @Override
    public void close() {
        end(Refusal.of(Reason.LOG_UNAVAILABLE, "the session of producer '" + producerId + "' is closed"));
    }

    /** Another session takes over. */
    void fence() {
        end(fenced());
    }

    /** Nothing is taken in from now on, and what waits is refused, for this reason. What is being written goes on. */
    void end(Refusal why) {
        List<Unit> refused;
        synchronized (lock) {
            if (ended != null) {
                return;
            }
            ended = why;
            refused = new ArrayList<>(waiting);
            waiting.clear();
            lock.notifyAll();
        }
        refused.forEach(unit -> unit.answer.error(why.asException()));
    }

    /** What an ended session still waits for is given up: whether that is stored, the next session knows. */
    void giveUp() {
        synchronized (lock) {
            if (waitsForKafka != null) {
                waitsForKafka.interrupt();
            }
        }
    }

    private @Nullable Refusal enter(Unit unit) {
        Refusal refusal;
        synchronized (lock) {
            refusal = ended == null ? refusalOf(unit) : ended;
            if (refusal == null) {
                nextSequence = Math.max(nextSequence, unit.batch.lastSequence() + 1);
                waiting.add(unit);
                lock.notifyAll();
                return null;
            }
        }
        end(refusal);
        return refusal;
    }

    private @Nullable Refusal refusalOf(Unit unit) {
        if (unit.batch.firstSequence() > nextSequence) {
            return Refusal.sequenceOutOfOrder(unit.batch.firstSequence(), nextSequence);
        }
        return waiting.size() < MAX_WAITING_BATCHES
                ? null
                : Refusal.of(Reason.PUBLISH_WINDOW_FULL, MAX_WAITING_BATCHES + " batches wait");
    }

    private void run() {
        try (SessionWriter writer = open()) {
            if (writer != null) {
                write(writer);
            }
        } finally {
            leave.accept(this);
        }
    }

    /** Absent when there will be no session; whoever opens it has been told. */
    private @Nullable SessionWriter open() {
        try {
            if (before != null) {
                before.awaitTakenOver();
            }
            refuseIfEnded();
            SessionWriter writer = waitingForKafka(takeOver);
            lastSequence = writer.lastSequence();
            synchronized (lock) {
                nextSequence = lastSequence + 1;
            }
            opened.success(this);
            return writer;
        } catch (RuntimeException e) {
            Refusal why = refusalOf(e, Duration.ZERO);
            end(why);
            opened.error(why.asException());
            return null;
        } finally {
            hasTakenOver.countDown();
        }
    }

    private <T> T waitingForKafka(Supplier<T> work) {
        synchronized (lock) {
            waitsForKafka = Thread.currentThread();
        }
        try {
            return work.get();
        } finally {
            synchronized (lock) {
                waitsForKafka = null;
                Thread.interrupted(); // it was to end this waiting; what comes is to close, which is bounded
            }
        }
    }

    private void refuseIfEnded() {
        synchronized (lock) {
            if (ended != null) {
                throw ended.asException();
            }
        }
    }

    private void awaitTakenOver() {
        try {
            hasTakenOver.await();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void write(SessionWriter writer) {
        for (List<Unit> units = next(); !units.isEmpty(); units = next()) {
            if (!write(writer, units)) {
                return;
            }
        }
    }

    /** False when the session has ended with it. */
    private boolean write(SessionWriter writer, List<Unit> units) {
        List<List<AppendResult>> answers;
        try {
            long answeredThrough = units.get(units.size() - 1).answeredThrough;
            List<Batch> batches = units.stream().map(Unit::batch).toList();
            answers = waitingForKafka(() -> writer.write(batches, answeredThrough));
        } catch (RuntimeException e) {
            Refusal why = refusalOf(e, writer.transactionAge());
            LOG.debug("the session of publisher {} ends", producerId, e);
            end(why);
            units.forEach(unit -> unit.answer.error(why.asException()));
            return false;
        }
        for (int i = 0; i < answers.size(); i++) {
            units.get(i).answer.success(answers.get(i));
        }
        return true;
    }

    /** What is written next; waits for it. Empty when the session has ended. */
    private List<Unit> next() {
        List<Unit> units = new ArrayList<>();
        synchronized (lock) {
            while (waiting.isEmpty() && ended == null) {
                waitForMore();
            }
            int events = 0;
            for (Unit unit = waiting.peek();
                    unit != null && (units.isEmpty() || events + unit.batch.size() <= MAX_TRANSACTION_EVENTS);
                    unit = waiting.peek()) {
                events += unit.batch.size();
                units.add(waiting.remove());
            }
        }
        return units;
    }

    private void waitForMore() {
        try {
            lock.wait();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /**
     * A transaction that was open for too long was ended by Kafka, with the same errors as if another session had: then
     * the publisher may come again.
     */
    private Refusal refusalOf(RuntimeException error, Duration transactionAge) {
        if (error instanceof RefusedException refused) {
            return refused.refusal();
        }
        if (error instanceof InterruptException) {
            return givenUp();
        }
        if (isCausedBy(error, KafkaRefusals::isOfTheClock)) {
            return KafkaRefusals.wrongClock(error);
        }
        boolean fenced = isCausedBy(
                error,
                cause -> cause instanceof ProducerFencedException
                        || cause instanceof InvalidProducerEpochException
                        || cause instanceof InvalidTxnStateException);
        return fenced && transactionAge.compareTo(transactionTimeout) < 0
                ? fenced()
                : Refusal.of(
                        Reason.LOG_UNAVAILABLE,
                        "Kafka: " + error.getMessage()
                                + "; whether the last events are stored, the next session knows");
    }

    /** Nobody interrupts a session but {@link #giveUp}. */
    private Refusal givenUp() {
        synchronized (lock) {
            return ended == null ? Refusal.of(Reason.LOG_UNAVAILABLE, "the session was given up") : ended;
        }
    }

    private static boolean isCausedBy(Throwable error, Predicate<Throwable> kind) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (kind.test(cause)) {
                return true;
            }
        }
        return false;
    }

    private Refusal fenced() {
        return Refusal.of(Reason.PRODUCER_FENCED, "producer '" + producerId + "'");
    }

    private record Unit(Batch batch, long answeredThrough, MonoSink<List<AppendResult>> answer) {}
}
