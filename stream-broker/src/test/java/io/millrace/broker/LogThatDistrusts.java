// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.Integrity;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.LogHealth;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.log.TopicAdmin;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.List;
import java.util.function.LongFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A log in which some events are not what was published, by their offsets. */
final class LogThatDistrusts implements EventLog {
    private final EventLog log;
    private final LongFunction<Integrity> integrity;

    LogThatDistrusts(EventLog log, LongFunction<Integrity> integrity) {
        this.log = log;
        this.integrity = integrity;
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
        return log.read(partition, fromOffset, toOffset).map(this::judged);
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return log.tail(partition).map(this::judged);
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

    private LogBatch judged(LogBatch batch) {
        return new LogBatch(
                batch.fromOffset(),
                batch.nextOffset(),
                batch.events().stream().map(this::judged).toList());
    }

    private StoredEvent judged(StoredEvent event) {
        Integrity found = integrity.apply(event.offset());
        return found == Integrity.WITHHELD
                ? event.withheld()
                : new StoredEvent(event.offset(), event.recordTimeMillis(), event.event(), found);
    }
}
