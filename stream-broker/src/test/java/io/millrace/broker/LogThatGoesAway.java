// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.ForwardingLog;
import io.millrace.core.log.LogHealth;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A log that is away while the test says so: it refuses appends then, and counts them. */
final class LogThatGoesAway extends ForwardingLog implements LogHealth {
    private final Sinks.Many<Boolean> states = Sinks.many().replay().latestOrDefault(true);
    private final AtomicInteger appendsWhileAway = new AtomicInteger();
    private volatile boolean available = true;
    private volatile boolean silent;

    LogThatGoesAway(EventLog log) {
        super(log);
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
        return silent ? Mono.never() : super.append(topic, events);
    }

    @Override
    public LogHealth health() {
        return this;
    }
}
