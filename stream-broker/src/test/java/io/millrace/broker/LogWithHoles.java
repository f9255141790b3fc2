// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.millrace.core.log.EventLog;
import io.millrace.core.log.ForwardingLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A log as transactions and compaction leave it: every fourth offset holds no event. Event number {@code n} of a
 * partition has offset {@code n + n / 3}.
 */
final class LogWithHoles extends ForwardingLog {

    LogWithHoles(EventLog dense) {
        super(dense);
    }

    /** The offset of the event with this number. */
    static long offset(long number) {
        return number + number / 3;
    }

    @Override
    public Mono<PublisherSession> openSession(String producerId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset) {
        return super.read(partition, number(fromOffset), toOffset == Long.MAX_VALUE ? toOffset : number(toOffset))
                .map(LogWithHoles::spread)
                .map(batch -> new LogBatch(
                        Math.min(fromOffset, batch.nextOffset()),
                        Math.max(fromOffset, batch.nextOffset()),
                        batch.events()));
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return super.tail(partition).map(LogWithHoles::spread);
    }

    @Override
    public Mono<PartitionBounds> bounds(TopicPartition partition) {
        return super.bounds(partition)
                .map(bounds -> new PartitionBounds(offset(bounds.earliest()), offset(bounds.end())));
    }

    @Override
    public Mono<Long> offsetAt(TopicPartition partition, Instant time) {
        return super.offsetAt(partition, time).map(LogWithHoles::offset);
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
