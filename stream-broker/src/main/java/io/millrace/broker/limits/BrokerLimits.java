// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.limits;

import io.millrace.v1.StreamLimits;
import io.millrace.wire.EventCodec;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What the broker allows a stream, and how long it waits. Immutable; {@link #defaults} and the {@code with} methods make
 * others.
 *
 * @param maxEventBytes largest event, as the serialized size of its message
 * @param maxFrameBytes largest frame that a client may send
 * @param publishWindowEvents most events of one stream that are not settled
 * @param publishWindowBytes most bytes of one stream that are not settled
 * @param batchBytes aim for the size of a batch to a subscriber; with what surrounds it, it fits into the 32 KiB up to
 *     which Netty keeps buffers for each thread
 * @param ringMinBytes how far a ring may grow when memory is short and rings are few
 * @param ringMaxBytes how far a ring may grow
 * @param ringIdle how long a ring is kept when nobody reads it
 * @param heartbeatInterval pause after which a silent stream says that it is alive
 * @param openTimeout how long a client may take to send its open frame
 * @param maxStreamAge how long a stream lives before its client is asked to move
 * @param drainGrace how long a client has to move
 * @param publishPatience how long a single request to publish waits for a log that is away
 * @param topics how many topics a stream may read, and how it finds new ones
 */
public record BrokerLimits(
        int maxEventBytes,
        int maxFrameBytes,
        int publishWindowEvents,
        int publishWindowBytes,
        int batchBytes,
        int ringMinBytes,
        int ringMaxBytes,
        Duration ringIdle,
        Duration heartbeatInterval,
        Duration openTimeout,
        Duration maxStreamAge,
        Duration drainGrace,
        Duration publishPatience,
        TopicLimits topics) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** The defaults of the program. */
    public static BrokerLimits defaults() {
        return new BrokerLimits(
                MIB,
                2 * MIB,
                4_096,
                8 * MIB,
                31 * KIB,
                MIB,
                16 * MIB,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMinutes(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                TopicLimits.defaults());
    }

    /** The same with batches of this size. */
    public BrokerLimits withBatchBytes(int bytes) {
        return with(draft -> draft.batchBytes = bytes);
    }

    /** The same with rings of this size. */
    public BrokerLimits withRingBytes(int minBytes, int maxBytes) {
        return with(draft -> {
            draft.ringMinBytes = minBytes;
            draft.ringMaxBytes = maxBytes;
        });
    }

    /** The same with rings that are given back after this time. */
    public BrokerLimits withRingIdle(Duration idle) {
        return with(draft -> draft.ringIdle = idle);
    }

    /** The same with these intervals. */
    public BrokerLimits withTimes(Duration heartbeat, Duration open, Duration age, Duration grace) {
        return with(draft -> {
            draft.heartbeatInterval = heartbeat;
            draft.openTimeout = open;
            draft.maxStreamAge = age;
            draft.drainGrace = grace;
        });
    }

    /** The same with another wait for a log that is away. */
    public BrokerLimits withPublishPatience(Duration patience) {
        return with(draft -> draft.publishPatience = patience);
    }

    /** The same with these bounds on the topics of a stream. */
    public BrokerLimits withTopics(TopicLimits limits) {
        return with(draft -> draft.topics = limits);
    }

    /** What a subscriber is told. */
    public StreamLimits forSubscribers() {
        return common().build();
    }

    /** What a publisher is told. */
    public StreamLimits forPublishers() {
        return common().setMaxOutstandingEvents(publishWindowEvents)
                .setMaxOutstandingBytes(publishWindowBytes)
                .build();
    }

    private StreamLimits.Builder common() {
        return StreamLimits.newBuilder()
                .setMaxEventBytes(maxEventBytes)
                .setMaxFrameBytes(maxFrameBytes)
                .setMaxStreamAge(EventCodec.toMessage(maxStreamAge))
                .setHeartbeatInterval(EventCodec.toMessage(heartbeatInterval));
    }

    private BrokerLimits with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /** The same values, of which some may still change. */
    private static final class Draft {
        private final BrokerLimits from;
        private int batchBytes;
        private int ringMinBytes;
        private int ringMaxBytes;
        private Duration ringIdle;
        private Duration heartbeatInterval;
        private Duration openTimeout;
        private Duration maxStreamAge;
        private Duration drainGrace;
        private Duration publishPatience;
        private TopicLimits topics;

        Draft(BrokerLimits from) {
            this.from = from;
            batchBytes = from.batchBytes;
            ringMinBytes = from.ringMinBytes;
            ringMaxBytes = from.ringMaxBytes;
            ringIdle = from.ringIdle;
            heartbeatInterval = from.heartbeatInterval;
            openTimeout = from.openTimeout;
            maxStreamAge = from.maxStreamAge;
            drainGrace = from.drainGrace;
            publishPatience = from.publishPatience;
            topics = from.topics;
        }

        BrokerLimits finished() {
            return new BrokerLimits(
                    from.maxEventBytes,
                    from.maxFrameBytes,
                    from.publishWindowEvents,
                    from.publishWindowBytes,
                    batchBytes,
                    ringMinBytes,
                    ringMaxBytes,
                    ringIdle,
                    heartbeatInterval,
                    openTimeout,
                    maxStreamAge,
                    drainGrace,
                    publishPatience,
                    topics);
        }
    }
}
