// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.frame.Frame;
import io.millrace.broker.history.Histories;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.loop.EventLoops;
import io.millrace.broker.loop.OpenStreams;
import io.millrace.broker.tail.PartitionTail;
import io.millrace.broker.tail.Tails;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.LogHealth;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.DrainReason;
import io.millrace.v1.SubscribeRequest;
import io.netty.util.concurrent.EventExecutor;
import java.time.Clock;
import java.time.Duration;
import reactor.core.publisher.Flux;

/**
 * The subscriptions of a broker: makes them, counts them, and asks them to move when it stops. Thread-safe.
 */
public final class Subscriptions {
    private final EventLog log;
    private final LogHealth logHealth;
    private final Tails tails;
    private final Overload overload;
    private final BrokerLimits limits;
    private final EventLoops loops;
    private final Clock clock;
    private final ReadPlanner planner;
    private final Filters filters;
    private final Histories histories;
    private final MatchingTopics matching;
    private final ReplayPace replayPace = new ReplayPace();
    private final OpenStreams<Subscription> active = new OpenStreams<>();

    /** None yet. */
    public Subscriptions(
            EventLog log, Tails tails, Overload overload, BrokerLimits limits, EventLoops loops, Clock clock) {
        this(log, tails, overload, limits, loops, clock, Filters.CEL);
    }

    Subscriptions(
            EventLog log,
            Tails tails,
            Overload overload,
            BrokerLimits limits,
            EventLoops loops,
            Clock clock,
            Filters filters) {
        this.filters = filters;
        this.log = log;
        this.logHealth = log.health();
        this.tails = tails;
        this.overload = overload;
        this.limits = limits;
        this.loops = loops;
        this.clock = clock;
        this.planner = new ReadPlanner(log, limits.topics(), clock);
        this.matching = new MatchingTopics(log, limits.topics().lookInterval());
        this.histories = new Histories(log, overload);
    }

    /**
     * The answer to a client's frames: see {@link CursorFlux}.
     *
     * @param requests the client's frames; consumed without bound, one at a time, never cancelled
     */
    public Flux<Frame> subscribe(Flux<SubscribeRequest> requests) {
        return new CursorFlux(this, requests);
    }

    /** How many streams are open. */
    public int count() {
        return active.count();
    }

    /** How many streams read a topic. */
    public int count(TopicName topic) {
        return (int) active.all()
                .filter(subscription -> subscription.topics().contains(topic))
                .count();
    }

    /** Asks every stream to move and ends it after the grace; no further one is taken. */
    public void drain(DrainReason reason, Duration grace) {
        active.leave(subscription -> subscription.drain(reason, grace));
    }

    /** Waits after {@link #drain} until every stream has ended; false when that takes longer. */
    public boolean awaitNone(Duration patience) throws InterruptedException {
        return active.awaitNone(patience);
    }

    /** False when the broker is stopping. */
    boolean mayBegin() {
        return active.mayBegin();
    }

    EventExecutor currentLoop() {
        return loops.current();
    }

    void began(Subscription subscription) {
        active.add(subscription);
    }

    void ended(Subscription subscription) {
        active.remove(subscription);
    }

    PartitionCursor cursor(
            TopicInfo topic, PartitionStart start, ReadRules rules, EventExecutor loop, PartitionCursor.Stream stream) {
        return new PartitionCursor(log, histories, loop, stream, tails.acquire(start.partition()), topic, start, rules);
    }

    void release(PartitionTail tail) {
        tails.release(tail);
    }

    Filters filters() {
        return filters;
    }

    ReadPlanner planner() {
        return planner;
    }

    MatchingTopics matching() {
        return matching;
    }

    /** Shared by all replays. */
    ReplayPace replayPace() {
        return replayPace;
    }

    boolean isLogThere() {
        return logHealth.isAvailable();
    }

    Overload overload() {
        return overload;
    }

    BrokerLimits limits() {
        return limits;
    }

    Clock clock() {
        return clock;
    }
}
