// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Durable, ordered logs, one per partition of a topic: the only thing the broker knows about storage.
 *
 * <p><b>Demand.</b> {@link #read} and {@link #tail} emit nothing that was not requested (Reactive Streams §1.1) and hold
 * at most one batch ahead for each reader. {@link #append} completes when the events are durable, so whoever waits for
 * it is slowed to the pace of the disk.
 *
 * <p><b>Threads.</b> Safe from any thread; no method blocks. Signals come one at a time (§1.3) on threads of the log
 * itself, and a subscriber must not block there.
 *
 * <p><b>Errors.</b> An expected "no" arrives as {@link io.millrace.core.refusal.RefusedException}; anything else is a
 * fault.
 */
public interface EventLog extends AutoCloseable {
    /**
     * Appends the events in order, each to the partition of its key by Kafka's own rule (murmur2 of the key; without a
     * key the log chooses).
     *
     * <p>Nothing happens before subscription. Appends that are subscribed one after another on one thread are stored in
     * that order within each partition. Completes with the fate of every event; a failed event does not fail its
     * neighbours. Errors with TOPIC_NOT_FOUND when there is no such topic. Cancelling does not take back what was
     * handed over.
     *
     * @param topic where to
     * @param events what; the list must not change afterwards
     */
    Mono<AppendResult> append(TopicName topic, List<Event> events);

    /**
     * Opens the session of a publisher who names itself, so that a retry is stored once. It begins behind everything
     * that the sessions before it have stored, whichever broker they were on, and ends those that are still open: they
     * can store nothing from then on, and are refused with PRODUCER_FENCED.
     *
     * <p>Errors with LOG_UNAVAILABLE, or TOO_MANY_PUBLISHERS when the log has no room for another session.
     *
     * @param producerId who; 1 to 200 characters
     */
    Mono<PublisherSession> openSession(String producerId);

    /**
     * Reads a partition from {@code fromOffset} up to, not including, {@code toOffset}, and completes once its position
     * is at or behind {@code toOffset}. Where that lies ahead of the end of the log, the reader follows the log;
     * {@code Long.MAX_VALUE} reads for ever. The first batch begins at {@code fromOffset}.
     *
     * <p>Cold: each subscriber is a reader of its own. Errors with OFFSET_EXPIRED when retention has removed
     * {@code fromOffset}, OFFSET_OUT_OF_RANGE when it lies behind the end, TOPIC_NOT_FOUND when the topic is missing or
     * goes away.
     */
    Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset);

    /**
     * Follows the live end of a partition. The first signal is an empty batch that tells where the tail begins; every
     * later one continues at the {@code nextOffset} of the one before.
     *
     * <p>All tails of a partition share one reader. A tail that requests less than the log delivers slows that
     * partition's other tails, so a tail is meant to be drained into a ring at once. Errors as for {@link #read}; a
     * passing fault of the log is waited out, not signalled.
     */
    Flux<LogBatch> tail(TopicPartition partition);

    /** What the partition holds now: oldest offset and committed end. Errors with TOPIC_NOT_FOUND. */
    Mono<PartitionBounds> bounds(TopicPartition partition);

    /**
     * The same for whoever wants to begin at this offset. A log may acknowledge what is committed a moment before it can
     * be read; that moment is waited for, so whoever was acknowledged may begin there at once. An offset behind all that
     * is written is not waited for.
     *
     * <p>Errors with LOG_UNAVAILABLE when the offset is written, and what is before it stays uncommitted.
     */
    default Mono<PartitionBounds> boundsWith(TopicPartition partition, long offset) {
        return bounds(partition);
    }

    /**
     * The offset of the first record whose log time is at or after {@code time}, or the end where there is none.
     * Errors with TOPIC_NOT_FOUND.
     */
    Mono<Long> offsetAt(TopicPartition partition, Instant time);

    /** Administration of topics. */
    TopicAdmin topics();

    /**
     * Whether the log can be reached. While it cannot, appends, sessions and questions are refused with LOG_UNAVAILABLE
     * at once, having done nothing; readers and tails wait.
     */
    LogHealth health();

    /** Waits for the appends under way, then lets go of every resource. Later calls are refused. */
    @Override
    void close();
}
