// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.millrace.core.refusal.Refusal;
import io.millrace.v1.CaughtUp;
import io.millrace.v1.Credit;
import io.millrace.v1.Cursor;
import io.millrace.v1.DrainReason;
import io.millrace.v1.Draining;
import io.millrace.v1.Event;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Gap;
import io.millrace.v1.GapReason;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.Place;
import io.millrace.v1.Position;
import io.millrace.v1.ReceivedEvent;
import io.millrace.v1.StreamLimits;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeOpened;
import io.millrace.v1.SubscribeResponse;
import io.millrace.wire.StatusCodec;
import java.time.Duration;
import java.util.stream.LongStream;

/** The server's side of one scripted subscription. Event {@code n} of a partition has the payload {@code p:n}. */
final class ScriptedCall {
    static final String TOPIC = "namespaces/default/topics/orders";

    private final ServerCallStreamObserver<SubscribeResponse> responses;
    private volatile SubscribeOpen open;
    private volatile long grantedEvents;
    private volatile long grantedBytes;
    private volatile int creditFrames;
    private volatile boolean cancelled;

    ScriptedCall(ServerCallStreamObserver<SubscribeResponse> responses) {
        this.responses = responses;
        responses.setOnCancelHandler(this::cancelled);
    }

    SubscribeOpen open() {
        return open;
    }

    /** Where the client wants to go on in partition 0. */
    long resumesAt() {
        return open.getSpec().getStart().getCursor().getPlaces(0).getNextOffset();
    }

    /** All the credit that has come, that of the open frame included. */
    long grantedEvents() {
        return grantedEvents;
    }

    long grantedBytes() {
        return grantedBytes;
    }

    int creditFrames() {
        return creditFrames;
    }

    boolean isCancelled() {
        return cancelled;
    }

    void received(SubscribeOpen frame) {
        open = frame;
        grantedEvents = frame.getCredit().getEvents();
        grantedBytes = frame.getCredit().getBytes();
    }

    void received(Credit more) {
        creditFrames++;
        grantedBytes += more.getBytes();
        grantedEvents += more.getEvents();
    }

    void cancelled() {
        cancelled = true;
    }

    ScriptedCall opened(long... nextOffsets) {
        return opened(Duration.ofSeconds(10), nextOffsets);
    }

    ScriptedCall opened(Duration heartbeatInterval, long... nextOffsets) {
        return send(SubscribeResponse.newBuilder()
                .setOpened(SubscribeOpened.newBuilder()
                        .setSessionId("session")
                        .setStart(cursor(nextOffsets))
                        .setLimits(StreamLimits.newBuilder()
                                .setHeartbeatInterval(io.millrace.wire.EventCodec.toMessage(heartbeatInterval)))));
    }

    /** Events {@code from} up to, not including, {@code to} of partition 0, chained to the one before. */
    ScriptedCall batch(long from, long to) {
        return batch(0, from - 1, from, to);
    }

    ScriptedCall batch(int partition, long previous, long from, long to) {
        EventBatch.Builder batch = EventBatch.newBuilder()
                .setTopic(TOPIC)
                .setPartition(partition)
                .setPreviousOffset(previous)
                .setPlace(place(partition, to));
        LongStream.range(from, to).forEach(offset -> batch.addEvents(event(partition, offset)));
        long creditBytes = EventBatch.newBuilder()
                .addAllEvents(batch.getEventsList())
                .build()
                .getSerializedSize();
        return send(SubscribeResponse.newBuilder().setBatch(batch.setCreditBytes(creditBytes)));
    }

    /** One event of partition 0 in a batch that has passed others behind it, up to {@code next}. */
    ScriptedCall selected(long previous, long offset, long next) {
        EventBatch.Builder batch = EventBatch.newBuilder()
                .setTopic(TOPIC)
                .setPreviousOffset(previous)
                .setPlace(place(0, next))
                .addEvents(event(0, offset));
        return send(SubscribeResponse.newBuilder().setBatch(batch));
    }

    ScriptedCall caughtUp(long... nextOffsets) {
        return send(
                SubscribeResponse.newBuilder().setCaughtUp(CaughtUp.newBuilder().setCursor(cursor(nextOffsets))));
    }

    ScriptedCall heartbeat(long... nextOffsets) {
        return send(SubscribeResponse.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setCursor(cursor(nextOffsets))));
    }

    /** One that names partition 0 with another token. */
    ScriptedCall heartbeat(String token, long nextOffset) {
        Place place = place(0, nextOffset).toBuilder()
                .setToken(ByteString.copyFromUtf8(token))
                .build();
        return send(SubscribeResponse.newBuilder()
                .setHeartbeat(
                        Heartbeat.newBuilder().setCursor(Cursor.newBuilder().addPlaces(place))));
    }

    ScriptedCall gap(long from, long to) {
        return send(SubscribeResponse.newBuilder()
                .setGap(Gap.newBuilder()
                        .setReason(GapReason.GAP_REASON_RETENTION)
                        .setFrom(position(from))
                        .setTo(position(to))
                        .setEvents(to - from)));
    }

    ScriptedCall draining() {
        return send(SubscribeResponse.newBuilder()
                .setDraining(Draining.newBuilder().setReason(DrainReason.DRAIN_REASON_SHUTDOWN)));
    }

    void complete() {
        responses.onCompleted();
    }

    void refuse(Refusal refusal) {
        responses.onError(StatusCodec.toException(refusal));
    }

    private ScriptedCall send(SubscribeResponse.Builder frame) {
        responses.onNext(frame.build());
        return this;
    }

    private static ReceivedEvent event(int partition, long offset) {
        return ReceivedEvent.newBuilder()
                .setOffset(offset)
                .setEvent(Event.newBuilder().setData(ByteString.copyFromUtf8(partition + ":" + offset)))
                .build();
    }

    private static Cursor cursor(long... nextOffsets) {
        Cursor.Builder cursor = Cursor.newBuilder();
        for (int partition = 0; partition < nextOffsets.length; partition++) {
            cursor.addPlaces(place(partition, nextOffsets[partition]));
        }
        return cursor.build();
    }

    private static Place place(int partition, long nextOffset) {
        return Place.newBuilder()
                .setTopic(TOPIC)
                .setPartition(partition)
                .setNextOffset(nextOffset)
                .setToken(ByteString.copyFromUtf8("token" + partition))
                .build();
    }

    private static Position position(long offset) {
        return Position.newBuilder().setTopic(TOPIC).setOffset(offset).build();
    }
}
