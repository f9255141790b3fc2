// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.ForwardingLog;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A log that takes appends in and stores them when it is told to, and may be told to keep a question waiting too. */
final class LogThatWaits extends ForwardingLog {
    private final Sinks.Empty<Void> permission = Sinks.empty();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Sinks.Empty<Void> answer = Sinks.empty();
    private final CountDownLatch askedForBounds = new CountDownLatch(1);
    private volatile boolean keepsWaiting;

    LogThatWaits(EventLog log) {
        super(log);
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
        return permission.asMono().then(super.append(topic, events));
    }

    @Override
    public Mono<PartitionBounds> bounds(TopicPartition partition) {
        askedForBounds.countDown();
        return keepsWaiting ? answer.asMono().then(super.bounds(partition)) : super.bounds(partition);
    }
}
