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

/** A log that takes appends in and stores them when it is told to, and may be told to keep a question waiting too. */
final class LogThatWaits implements EventLog {
    private final EventLog log;
    private final Sinks.Empty<Void> permission = Sinks.empty();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Sinks.Empty<Void> answer = Sinks.empty();
    private final CountDownLatch askedForBounds = new CountDownLatch(1);
    private volatile boolean keepsWaiting;

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

    /** From now on nobody is told what a partition holds. */
    void keepWaiting() {
        keepsWaiting = true;
    }

    /** Blocks until somebody asks what a partition holds. */
    void awaitQuestion() throws InterruptedException {
        askedForBounds.await();
    }

    /** Fails whoever waits. */
    void failQuestions() {
        answer.tryEmitError(new IllegalStateException("too late")).orThrow();
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
        askedForBounds.countDown();
        return keepsWaiting ? answer.asMono().then(log.bounds(partition)) : log.bounds(partition);
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
