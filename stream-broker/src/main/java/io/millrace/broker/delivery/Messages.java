// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import com.google.protobuf.Timestamp;
import io.millrace.broker.frame.ControlFrame;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.CaughtUp;
import io.millrace.v1.Cursor;
import io.millrace.v1.DrainReason;
import io.millrace.v1.Draining;
import io.millrace.v1.FellBehind;
import io.millrace.v1.Gap;
import io.millrace.v1.GapReason;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.Position;
import io.millrace.v1.StallReason;
import io.millrace.v1.SubscribeOpened;
import io.millrace.v1.SubscribeResponse;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** The frames of a subscription that carry no events. */
final class Messages {
    private Messages() {}

    static ControlFrame opened(String sessionId, Cursor start, BrokerLimits limits) {
        return frame(SubscribeResponse.newBuilder()
                .setOpened(SubscribeOpened.newBuilder()
                        .setSessionId(sessionId)
                        .setStart(start)
                        .setLimits(limits.forSubscribers())
                        .setLive(true)));
    }

    static ControlFrame caughtUp(Cursor cursor, Instant now) {
        return frame(SubscribeResponse.newBuilder()
                .setCaughtUp(CaughtUp.newBuilder().setCursor(cursor).setTime(time(now))));
    }

    static ControlFrame fellBehind(Cursor cursor, long lagEvents) {
        return frame(SubscribeResponse.newBuilder()
                .setFellBehind(FellBehind.newBuilder().setCursor(cursor).setLagEvents(lagEvents)));
    }

    /** Events removed by retention; an offset stands for each, though some may have held none. */
    static ControlFrame retentionGap(TopicPartition partition, long from, long to) {
        return gap(GapReason.GAP_REASON_RETENTION, partition, from, to);
    }

    /** Events that are withheld because their checksum is wrong. */
    static ControlFrame corruptGap(TopicPartition partition, long from, long to, int events) {
        return frame(SubscribeResponse.newBuilder().setGap(corrupt(partition, from, to, events)));
    }

    /** The same for a page. */
    static Gap corrupt(TopicPartition partition, long from, long to, int events) {
        return Gap.newBuilder()
                .setReason(GapReason.GAP_REASON_CORRUPT)
                .setFrom(position(partition, from))
                .setTo(position(partition, to))
                .setEvents(events)
                .build();
    }

    /** Events that will not come. */
    static ControlFrame gap(GapReason reason, TopicPartition partition, long from, long to) {
        return frame(SubscribeResponse.newBuilder()
                .setGap(Gap.newBuilder()
                        .setReason(reason)
                        .setFrom(position(partition, from))
                        .setTo(position(partition, to))));
    }

    /** Events that the reader was too slow for. */
    static ControlFrame skippedGap(TopicPartition partition, long from, long to, OptionalLong events) {
        Gap.Builder gap = Gap.newBuilder()
                .setReason(GapReason.GAP_REASON_SKIPPED)
                .setFrom(position(partition, from))
                .setTo(position(partition, to));
        events.ifPresent(gap::setEvents);
        return frame(SubscribeResponse.newBuilder().setGap(gap));
    }

    static ControlFrame heartbeat(
            Cursor cursor, Instant now, long lagEvents, io.millrace.v1.Credit left, StallReason reason) {
        return frame(SubscribeResponse.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder()
                        .setCursor(cursor)
                        .setTime(time(now))
                        .setLagEvents(lagEvents)
                        .setCreditLeft(left)
                        .setStallReason(reason)));
    }

    static ControlFrame draining(DrainReason reason, Duration grace, Cursor cursor) {
        return frame(SubscribeResponse.newBuilder()
                .setDraining(Draining.newBuilder()
                        .setReason(reason)
                        .setGrace(EventCodec.toMessage(grace))
                        .setCursor(cursor)));
    }

    private static Position position(TopicPartition partition, long offset) {
        return Position.newBuilder()
                .setTopic(TopicResource.format(partition.topic()))
                .setPartition(partition.partition())
                .setOffset(offset)
                .build();
    }

    private static Timestamp time(Instant now) {
        return EventCodec.toMessage(now);
    }

    private static ControlFrame frame(SubscribeResponse.Builder response) {
        return new ControlFrame(response.build());
    }
}
