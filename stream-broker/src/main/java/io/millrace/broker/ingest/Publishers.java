// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.limits.Shed;
import io.millrace.broker.loop.EventLoops;
import io.millrace.broker.loop.OpenStreams;
import io.millrace.broker.loop.Outlet;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.LogHealth;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.DrainReason;
import io.millrace.v1.Event;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.netty.util.concurrent.EventExecutor;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The publishing streams of a broker. Thread-safe. */
public final class Publishers {
    private final EventLog log;
    private final LogHealth logHealth;
    private final Overload overload;
    private final MemoryLedger.Account account;
    private final BrokerLimits limits;
    private final EventLoops loops;
    private final Clock clock;
    private final EventIntake intake;
    private final RequestSessions requestSessions;
    private final AtomicRequests atomicRequests;
    private final OpenStreams<PublishStream> active = new OpenStreams<>();

    /** None yet. */
    public Publishers(EventLog log, Overload overload, BrokerLimits limits, EventLoops loops, Clock clock) {
        this.log = log;
        this.logHealth = log.health();
        this.overload = overload;
        this.account = overload.ledger().open();
        this.limits = limits;
        this.loops = loops;
        this.clock = clock;
        this.intake = new EventIntake(limits);
        this.requestSessions = new RequestSessions(log, System::nanoTime);
        this.atomicRequests = new AtomicRequests(log);
    }

    /**
     * The answers to a publisher's frames: acknowledgements after the log's, in the order of the sequences, and credit.
     * Demand, threads and end as in {@link Outlet}.
     *
     * @param requests the client's frames; consumed without bound, which the credit bounds; never cancelled
     */
    public Flux<PublishStreamResponse> publish(Flux<PublishStreamRequest> requests) {
        return new PublishFlux(this, requests);
    }

    /**
     * Completes when the log can be reached, which is at once where it is there. Errors with LOG_UNAVAILABLE when it is
     * still away after {@code patience}.
     */
    public Mono<Void> whenLogIsThere(Duration patience) {
        return Mono.defer(() -> logHealth.isAvailable()
                ? Mono.empty()
                : nextTimeLogIsThere().timeout(patience, Mono.error(() -> awayAfter(patience))));
    }

    /** Appends one run of events; what is wrong with single events is in the result. Errors with MEMORY_EXHAUSTED. */
    public Mono<AppendResult> publish(TopicName topic, List<Event> events) {
        return Mono.defer(() -> {
            refuseIfShed();
            long bytes = heldBytes(events);
            account.take(bytes);
            return Publication.of(events, intake).appendTo(log, topic).doFinally(signal -> account.give(bytes));
        });
    }

    /**
     * Appends runs of a publisher who names itself; what an earlier request had settled is answered as it was then.
     * Errors with REQUEST_INVALID for a name or a sequence that can be none, and with MEMORY_EXHAUSTED.
     *
     * @param firstSequence the sequence of the first event of the first run; all others follow by one
     * @param atomic all or nothing
     * @return an answer for each run
     */
    public Mono<List<AppendResult>> publish(String producerId, long firstSequence, List<Run> runs, boolean atomic) {
        return accountedFor(runs, () -> {
            ProducerIds.check(producerId, "producer.producer_id");
            long events = runs.stream().mapToLong(run -> run.events().size()).sum();
            if (firstSequence < 1 || firstSequence > Long.MAX_VALUE - events) {
                throw Refusal.of(
                                Reason.REQUEST_INVALID,
                                "producer.first_sequence is less than 1, or leaves no room for all entries")
                        .asException();
            }
            List<NumberedRun> numbered = numbered(runs).apply(firstSequence);
            return requestSessions.request(
                    producerId,
                    session -> atomic
                            ? session.appendAtomically(numbered, 0)
                            : Flux.fromIterable(numbered)
                                    .flatMapSequential(run -> session.append(run, 0), numbered.size())
                                    .collectList());
        });
    }

    /** Appends runs all or nothing; an answer for each. Errors with MEMORY_EXHAUSTED. */
    public Mono<List<AppendResult>> publishAtomically(List<Run> runs) {
        return accountedFor(runs, () -> atomicRequests.append(numbered(runs)));
    }

    private Mono<List<AppendResult>> accountedFor(List<Run> runs, Supplier<Mono<List<AppendResult>>> append) {
        return Mono.defer(() -> {
            refuseIfShed();
            long bytes = runs.stream().mapToLong(Run::heldBytes).sum();
            account.take(bytes);
            return Mono.defer(append).doFinally(signal -> account.give(bytes));
        });
    }

    private static long heldBytes(List<Event> events) {
        return PublishWindow.heldBytes(
                events.size(),
                events.stream().mapToLong(Event::getSerializedSize).sum());
    }

    private LongFunction<List<NumberedRun>> numbered(List<Run> runs) {
        List<Publication> publications =
                runs.stream().map(run -> Publication.of(run.events(), intake)).toList();
        return firstSequence -> {
            List<NumberedRun> numbered = new ArrayList<>(runs.size());
            long sequence = firstSequence;
            for (int i = 0; i < runs.size(); i++) {
                numbered.add(publications.get(i).numbered(runs.get(i).topic(), sequence));
                sequence += publications.get(i).size();
            }
            return numbered;
        };
    }

    /** Checks events as {@link #publish} would, and stores nothing. */
    public List<Optional<Refusal>> check(List<Event> events) {
        return events.stream().map(this::check).toList();
    }

    /** How many streams are open. */
    public int count() {
        return active.count();
    }

    /**
     * Asks every stream to move and ends it after the grace, or up to a second and a half later when what it was sent
     * before has its answers; no further one is taken.
     */
    public void drain(DrainReason reason, Duration grace) {
        active.leave(stream -> stream.drain(reason, grace));
    }

    /** Waits after {@link #drain} until every stream has ended; false when that takes longer. */
    public boolean awaitNone(Duration patience) throws InterruptedException {
        return active.awaitNone(patience);
    }

    /** False when the broker is stopping. */
    boolean mayBegin() {
        return active.mayBegin();
    }

    /**
     * Events of one topic.
     *
     * @param topic where to
     * @param events what; does not change
     */
    public record Run(TopicName topic, List<Event> events) {
        private long heldBytes() {
            return Publishers.heldBytes(events);
        }
    }

    Overload overload() {
        return overload;
    }

    private void refuseIfShed() {
        overload.refuseIfShed(Shed.PUBLISHING, "nothing more is taken in");
    }

    LogHealth logHealth() {
        return logHealth;
    }

    /** Completes when the log can be reached. */
    Mono<Void> nextTimeLogIsThere() {
        return logHealth.states().filter(available -> available).next().then();
    }

    private static RefusedException awayAfter(Duration patience) {
        return Refusal.of(
                        Reason.LOG_UNAVAILABLE,
                        "the log is away, and was still after " + patience.toMillis() + " ms; nothing is stored")
                .asException();
    }

    EventExecutor currentLoop() {
        return loops.current();
    }

    void began(PublishStream stream) {
        active.add(stream);
    }

    void ended(PublishStream stream) {
        active.remove(stream);
    }

    EventLog log() {
        return log;
    }

    EventIntake intake() {
        return intake;
    }

    MemoryLedger.Account account() {
        return account;
    }

    BrokerLimits limits() {
        return limits;
    }

    Clock clock() {
        return clock;
    }

    private Optional<Refusal> check(Event event) {
        try {
            intake.accept(event);
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e.refusal());
        }
    }
}
