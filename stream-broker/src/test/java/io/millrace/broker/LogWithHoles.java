// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A log as transactions and compaction leave it: every fourth offset holds no event. Event number {@code n} of a
 * partition has offset {@code n + n / 3}.
 */
final class LogWithHoles implements EventLog {
    private final EventLog dense;

    LogWithHoles(EventLog dense) {
        this.dense = dense;
    }

    /** The offset of the event with this number. */
    static long offset(long number) {
        return number + number / 3;
    }

    @Override
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        return dense.append(topic, events);
    }

    @Override
    public Mono<PublisherSession> openSession(String producerId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset) {
        return dense.read(partition, number(fromOffset), toOffset == Long.MAX_VALUE ? toOffset : number(toOffset))
                .map(LogWithHoles::spread)
                .map(batch -> new LogBatch(
                        Math.min(fromOffset, batch.nextOffset()),
                        Math.max(fromOffset, batch.nextOffset()),
                        batch.events()));
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return dense.tail(partition).map(LogWithHoles::spread);
    }

    @Override
    public Mono<PartitionBounds> bounds(TopicPartition partition) {
        return dense.bounds(partition)
                .map(bounds -> new PartitionBounds(offset(bounds.earliest()), offset(bounds.end())));
    }

    @Override
    public Mono<Long> offsetAt(TopicPartition partition, Instant time) {
        return dense.offsetAt(partition, time).map(LogWithHoles::offset);
    }

    @Override
    public TopicAdmin topics() {
        return dense.topics();
    }

    @Override
    public LogHealth health() {
        return dense.health();
    }

    @Override
    public void close() {
        dense.close();
    }

    /** The number of the first event at or behind an offset. */
    private static long number(long offset) {
        return offset - offset / 4;
    }

    private static LogBatch spread(LogBatch batch) {
        return new LogBatch(
                offset(batch.fromOffset()),
                offset(batch.nextOffset()),
                batch.events().stream()
                        .map(event -> new StoredEvent(offset(event.offset()), event.recordTimeMillis(), event.event()))
                        .toList());
    }
}
