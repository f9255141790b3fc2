// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Another log, for tests that change what one part of it does. */
public abstract class ForwardingLog implements EventLog {
    private final EventLog log;

    /** In front of this one, which is closed with it. */
    protected ForwardingLog(EventLog log) {
        this.log = log;
    }

    @Override
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        return log.append(topic, events);
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
        return log.health();
    }

    @Override
    public void close() {
        log.close();
    }
}
