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
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A log that knows which partitions are followed now. */
final class LogWithOpenTails implements EventLog {
    private final EventLog log;
    private final Set<TopicPartition> followed = ConcurrentHashMap.newKeySet();

    LogWithOpenTails(EventLog log) {
        this.log = log;
    }

    Set<TopicPartition> followed() {
        return Set.copyOf(followed);
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return log.tail(partition)
                .doOnSubscribe(subscription -> followed.add(partition))
                .doFinally(signal -> followed.remove(partition));
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
