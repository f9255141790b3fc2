// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.LogHealth;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.log.TopicAdmin;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A log that is away while the test says so: it refuses appends then, and counts them. */
final class LogThatGoesAway implements EventLog, LogHealth {
    private final EventLog log;
    private final Sinks.Many<Boolean> states = Sinks.many().replay().latestOrDefault(true);
    private final AtomicInteger appendsWhileAway = new AtomicInteger();
    private volatile boolean available = true;
    private volatile boolean silent;

    LogThatGoesAway(EventLog log) {
        this.log = log;
    }

    void goAway() {
        available = false;
        states.tryEmitNext(false).orThrow();
    }

    void comeBack() {
        available = true;
        states.tryEmitNext(true).orThrow();
    }

    /** Appends are taken and never answered from now on. */
    void fallSilent() {
        silent = true;
    }

    int appendsWhileAway() {
        return appendsWhileAway.get();
    }

    @Override
    public boolean isAvailable() {
        return available;
    }

    @Override
    public Flux<Boolean> states() {
        return states.asFlux();
    }

    @Override
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        if (!available) {
            appendsWhileAway.incrementAndGet();
            return Mono.error(Refusal.of(Reason.LOG_UNAVAILABLE, "away").asException());
        }
        return silent ? Mono.never() : log.append(topic, events);
    }

    @Override
    public Mono<PublisherSession> openSession(String producerId) {
        return log.openSession(producerId);
    }

    @Override
    public Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset) {
        return log.read(partition, fromOffset, toOffset);
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return log.tail(partition);
    }

    @Override
    public Mono<PartitionBounds> bounds(TopicPartition partition) {
        return log.bounds(partition);
    }

    @Override
    public Mono<Long> offsetAt(TopicPartition partition, Instant time) {
        return log.offsetAt(partition, time);
    }

    @Override
    public TopicAdmin topics() {
        return log.topics();
    }

    @Override
    public LogHealth health() {
        return this;
    }

    @Override
    public void close() {
        log.close();
    }
}
