// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import static org.awaitility.Awaitility.await;

import io.grpc.stub.ServerCallStreamObserver;
import io.millrace.core.refusal.Refusal;
import io.millrace.v1.DrainReason;
import io.millrace.v1.Draining;
import io.millrace.v1.Event;
import io.millrace.v1.PublishAck;
import io.millrace.v1.PublishBatch;
import io.millrace.v1.PublishCredit;
import io.millrace.v1.PublishFailure;
import io.millrace.v1.PublishOpen;
import io.millrace.v1.PublishOpened;
import io.millrace.v1.PublishStreamResponse;
import io.millrace.v1.StreamLimits;
import io.millrace.wire.EventCodec;
import io.millrace.wire.StatusCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The server's side of one scripted publishing stream. The event of sequence {@code n} is stored at offset {@code n}. */
final class ScriptedCall {
    private final ServerCallStreamObserver<PublishStreamResponse> responses;
    private final List<PublishBatch> batches = new CopyOnWriteArrayList<>();
    private volatile PublishOpen open;
    private volatile boolean halfClosed;
    private volatile boolean ended;

    ScriptedCall(ServerCallStreamObserver<PublishStreamResponse> responses) {
        this.responses = responses;
        responses.setOnCancelHandler(this::ended);
    }

    PublishOpen open() {
        return open;
    }

    List<PublishBatch> batches() {
        return batches;
    }

    /** Payloads of all events that have come, in order. */
    List<String> payloads() {
        return events().stream().map(event -> event.getData().toStringUtf8()).toList();
    }

    List<Event> events() {
        return batches.stream().flatMap(batch -> batch.getEventsList().stream()).toList();
    }

    ScriptedCall awaitEvents(int count) {
        await().until(() -> events().size() == count);
        return this;
    }

    boolean isHalfClosed() {
        return halfClosed;
    }

    boolean isEnded() {
        return ended;
    }

    void received(PublishOpen frame) {
        open = frame;
    }

    void received(PublishBatch batch) {
        batches.add(batch);
    }

    void halfClosed() {
        halfClosed = true;
        responses.onCompleted();
    }

    void ended() {
        ended = true;
    }

    ScriptedCall opened() {
        return opened(10_000, 1 << 20);
    }

    ScriptedCall opened(long events, long bytes) {
        return opened(events, bytes, Duration.ofSeconds(10));
    }

    ScriptedCall opened(long events, long bytes, long firstUnsettled) {
        return opened(events, bytes, firstUnsettled, Duration.ofSeconds(10));
    }

    ScriptedCall opened(long events, long bytes, Duration heartbeatInterval) {
        return opened(events, bytes, 1, heartbeatInterval);
    }

    private ScriptedCall opened(long events, long bytes, long firstUnsettled, Duration heartbeatInterval) {
        return send(PublishStreamResponse.newBuilder()
                .setOpened(PublishOpened.newBuilder()
                        .setFirstUnsettledSequence(firstUnsettled)
                        .setLimits(StreamLimits.newBuilder()
                                .setMaxEventBytes(1_000)
                                .setMaxFrameBytes(100_000)
                                .setHeartbeatInterval(EventCodec.toMessage(heartbeatInterval)))
                        .setCredit(credit(events, bytes))));
    }

    ScriptedCall credit(long events) {
        return send(PublishStreamResponse.newBuilder().setCredit(credit(events, 1 << 20)));
    }

    /** Everything from {@code first} to {@code last} is stored. */
    ScriptedCall ack(long first, long last) {
        PublishAck.Builder ack = PublishAck.newBuilder().setFirstSequence(first);
        for (long sequence = first; sequence <= last; sequence++) {
            ack.addPartitions(0).addOffsets(sequence);
        }
        return send(PublishStreamResponse.newBuilder().setAck(ack));
    }

    /** One event is refused. */
    ScriptedCall fail(long sequence, Refusal refusal) {
        return send(PublishStreamResponse.newBuilder()
                .setAck(PublishAck.newBuilder()
                        .setFirstSequence(sequence)
                        .addPartitions(-1)
                        .addOffsets(-1)
                        .addFailures(PublishFailure.newBuilder()
                                .setSequence(sequence)
                                .setError(StatusCodec.toStatus(refusal)))));
    }

    ScriptedCall draining() {
        return send(PublishStreamResponse.newBuilder()
                .setDraining(Draining.newBuilder().setReason(DrainReason.DRAIN_REASON_SHUTDOWN)));
    }

    void refuse(Refusal refusal) {
        responses.onError(StatusCodec.toException(refusal));
    }

    private static PublishCredit credit(long events, long bytes) {
        return PublishCredit.newBuilder().setEvents(events).setBytes(bytes).build();
    }

    private ScriptedCall send(PublishStreamResponse.Builder frame) {
        responses.onNext(frame.build());
        return this;
    }
}
