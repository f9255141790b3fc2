// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.LogHealth;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.log.TopicAdmin;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A log that counts the events it hands out as history: those which no ring held. */
final class HistoryMeter implements EventLog {
    private final EventLog log;
    private final LongAdder eventsRead = new LongAdder();

    HistoryMeter(EventLog log) {
        this.log = log;
    }

    long eventsRead() {
        return eventsRead.sum();
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
        return log.read(partition, fromOffset, toOffset)
                .doOnNext(batch -> eventsRead.add(batch.events().size()));
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
