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
import java.util.concurrent.CountDownLatch;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A log that takes appends in and stores them when it is told to. */
final class LogThatWaits implements EventLog {
    private final EventLog log;
    private final Sinks.Empty<Void> permission = Sinks.empty();
    private final CountDownLatch asked = new CountDownLatch(1);

    LogThatWaits(EventLog log) {
        this.log = log;
    }

    /** Blocks until something is to be appended. */
    void awaitAppend() throws InterruptedException {
        asked.await();
    }

    /** Stores what has come, and all that comes. */
    void goOn() {
        permission.tryEmitEmpty().orThrow();
    }

    @Override
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        asked.countDown();
        return permission.asMono().then(log.append(topic, events));
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
