// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.LogHealth;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.log.TopicAdmin;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One partition whose batches are as long as the test says and whose offsets may be holes. It counts the batches it
 * gives, and gives none that was not requested. Signals come on its thread.
 */
final class ScriptedLog implements EventLog {
    static final int PAYLOAD_CHARS = 1000;

    private final ManualLoop thread;
    private final long end;
    private final LongPredicate isEvent;
    private final LongUnaryOperator batchLength;
    private long earliest;
    private long broken = -1;
    private int batches;
    private int openReads;
    private int reads;

    ScriptedLog(ManualLoop thread, long end, LongPredicate isEvent, LongUnaryOperator batchLength) {
        this.thread = thread;
        this.end = end;
        this.isEvent = isEvent;
        this.batchLength = batchLength;
    }

    /** Batches given so far. */
    int batches() {
        return batches;
    }

    /** Reads begun so far. */
    int reads() {
        return reads;
    }

    int openReads() {
        return openReads;
    }

    long earliest() {
        return earliest;
    }

    /** Retention removes everything before this. */
    void expireBefore(long offset) {
        earliest = offset;
    }

    /** There is nothing where the event of this offset should be. */
    void breakAt(long offset) {
        broken = offset;
    }

    List<Long> offsets(long from, long to) {
        return LongStream.range(from, Math.min(to, end)).filter(isEvent).boxed().toList();
    }

    @Override
    public Mono<PublisherSession> openSession(String producerId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset) {
        return Flux.from(actual -> new Reading((CoreSubscriber<? super LogBatch>) actual, fromOffset).start());
    }

    @Override
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<PartitionBounds> bounds(TopicPartition partition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Long> offsetAt(TopicPartition partition, Instant time) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TopicAdmin topics() {
        throw new UnsupportedOperationException();
    }

    @Override
    public LogHealth health() {
        return LogHealth.ALWAYS;
    }

    @Override
    public void close() {
        // nothing is open
    }

    private final class Reading implements Subscription {
        private final CoreSubscriber<? super LogBatch> actual;
        private long position;
        private boolean over;

        Reading(CoreSubscriber<? super LogBatch> actual, long position) {
            this.actual = actual;
            this.position = position;
        }

        void start() {
            reads++;
            openReads++;
            actual.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            for (long i = 0; i < n; i++) {
                thread.execute(this::give);
            }
        }

        @Override
        public void cancel() {
            end();
        }

        private void end() {
            if (!over) {
                over = true;
                openReads--;
            }
        }

        private void give() {
            if (over || position >= end) {
                return;
            }
            if (position < earliest) {
                end();
                actual.onError(Refusal.offsetExpired("t-0", position, earliest).asException());
                return;
            }
            long from = position;
            position = Math.min(end, from + batchLength.applyAsLong(from));
            batches++;
            actual.onNext(new LogBatch(from, position, events(from, position)));
        }

        private List<StoredEvent> events(long from, long to) {
            return offsets(from, to).stream()
                    .map(offset -> new StoredEvent(
                            offset,
                            offset,
                            offset == broken
                                    ? null
                                    : Event.builder()
                                            .data("x".repeat(PAYLOAD_CHARS))
                                            .build()))
                    .toList();
        }
    }
}
