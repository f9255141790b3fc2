// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.broker.limits.Overload;
import io.millrace.broker.limits.Shed;
import io.millrace.broker.loop.Outlet;
import io.millrace.broker.loop.StreamTimers;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.DrainReason;
import io.millrace.v1.Draining;
import io.millrace.v1.PublishBatch;
import io.millrace.v1.PublishHeartbeat;
import io.millrace.v1.PublishOpen;
import io.millrace.v1.PublishOpened;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.millrace.v1.StallReason;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/**
 * One publisher: batches go to the log as they come and are acknowledged in the order of their sequences, after the log.
 *
 * <p><b>Credit.</b> A client may have as much unsettled as the window holds; what is settled is given back with the
 * acknowledgements. The log's pace is thus the publisher's. While the log is away, what comes is held back here, in
 * order and within the window, and goes on when it is back. While the broker's memory is short no credit is given back,
 * and where that does not help, the next batch is not taken in: the stream ends with MEMORY_EXHAUSTED when what came
 * before has its answers. <b>Identity.</b> A publisher who names itself has a session of
 * the log for as long as the stream lasts; its end is the stream's. <b>Threads.</b> The stream's loop.
 */
final class PublishStream extends Outlet<PublishStreamResponse> {
    /** Beyond the grace of a drain, for the log's answers to what was taken in before. */
    private static final Duration FLUSH_PATIENCE = Duration.ofMillis(1_500);

    private final Publishers broker;
    private final Requests requests = new Requests();
    private final StreamTimers timers;
    private final ArrayDeque<PublishStreamResponse> control = new ArrayDeque<>();

    private final PublishWindow window;
    private final Disposable.Swap openingUnderWay = Disposables.swap();
    private final Disposable.Swap waitingForLog = Disposables.swap();

    /** What came while the log was away. Bounded by the window. */
    private final ArrayDeque<Admitted> held = new ArrayDeque<>();

    private @Nullable TopicName topic;
    private @Nullable PublisherSession session;
    private boolean opening;
    private boolean opened;
    private boolean inputEnded;
    /** Since it is there nothing more is taken in; the stream ends with it when everything is answered. */
    private @Nullable Refusal farewell;

    private boolean moved;
    private boolean heartbeatPending;
    private boolean lookingAgain;

    PublishStream(Publishers broker, EventExecutor loop, CoreSubscriber<? super PublishStreamResponse> actual) {
        super(loop, actual);
        this.broker = broker;
        this.timers = new StreamTimers(loop);
        this.window = new PublishWindow(broker.limits());
    }

    BaseSubscriber<PublishStreamRequest> requests() {
        return requests;
    }

    /** Begins to wait for the open frame. On the loop. */
    void begin() {
        if (isClosed()) {
            return;
        }
        if (!broker.mayBegin()) {
            finish(refusedToBegin());
        } else {
            timers.once(
                    broker.limits().openTimeout(),
                    () -> refuse(Refusal.of(
                            Reason.OPEN_TIMEOUT,
                            "no open frame came within "
                                    + broker.limits().openTimeout().toSeconds() + " s")));
        }
    }

    /**
     * Asks the client to move. After the grace nothing more is taken in, and the stream ends when what came before has
     * its answers. From any thread.
     */
    void drain(DrainReason reason, Duration grace) {
        onLoop(() -> {
            if (!isClosed()) {
                control.add(PublishStreamResponse.newBuilder()
                        .setDraining(Draining.newBuilder().setReason(reason).setGrace(EventCodec.toMessage(grace)))
                        .build());
                Refusal end = Refusal.of(Reason.SERVER_DRAINING, "the stream had to move: " + reason);
                timers.once(grace, () -> leave(end, FLUSH_PATIENCE));
                wake();
            }
        });
    }

    /** Takes nothing more in, and ends with this when all is answered, or after this time. */
    private void leave(Refusal end, Duration patience) {
        farewell = end;
        timers.once(patience, () -> refuse(end));
        endWhenSettled();
    }

    // ---- the client's frames

    private void received(PublishStreamRequest request) {
        if (isClosed() || farewell != null) {
            return;
        }
        try {
            switch (request.getFrameCase()) {
                case OPEN -> open(request.getOpen());
                case BATCH -> batch(request.getBatch());
                case BEARER_TOKEN -> throw refused(Reason.NOT_SUPPORTED, "a bearer_token frame");
                case FRAME_NOT_SET -> throw refused(Reason.REQUEST_INVALID, "a frame without content");
            }
        } catch (RefusedException e) {
            finish(e);
        }
    }

    private void open(PublishOpen open) {
        if (opening || opened) {
            throw refused(Reason.FRAME_OUT_OF_ORDER, "a second open frame");
        }
        if (!broker.mayBegin()) {
            throw refusedToBegin();
        }
        broker.overload().refuseIfShed(Shed.PUBLISHING, "no new publisher");
        String producerId = open.getProducerId();
        if (!producerId.isEmpty()) {
            ProducerIds.check(producerId, "open.producer_id");
        }
        opening = true;
        timers.cancelAll();
        timers.jittered(
                broker.limits().maxStreamAge(),
                () -> drain(DrainReason.DRAIN_REASON_MAX_AGE, broker.limits().drainGrace()));
        timers.every(broker.limits().heartbeatInterval(), this::heartbeat);
        if (!open.getTopic().isEmpty()) {
            topic = TopicResource.parseWritable(open.getTopic());
        }
        openingUnderWay.update(checkTopic()
                .then(Mono.defer(() -> openSession(producerId)))
                .singleOptional()
                .subscribe(
                        begun -> loop().execute(() -> opened(begun.orElse(null))),
                        cause -> loop().execute(() -> finish(cause))));
    }

    private Mono<Void> checkTopic() {
        return topic == null
                ? Mono.empty()
                : broker.log().topics().describe(topic).then();
    }

    private Mono<PublisherSession> openSession(String producerId) {
        return producerId.isEmpty() ? Mono.empty() : broker.log().openSession(producerId);
    }

    private void opened(@Nullable PublisherSession begun) {
        if (isClosed()) {
            if (begun != null) {
                begun.close();
            }
            return;
        }
        session = begun;
        long firstUnsettled = begun == null ? 1 : begun.lastSequence() + 1;
        window.resumeAt(firstUnsettled);
        opened = true;
        control.add(PublishStreamResponse.newBuilder()
                .setOpened(PublishOpened.newBuilder()
                        .setFirstUnsettledSequence(firstUnsettled)
                        .setLimits(broker.limits().forPublishers())
                        .setCredit(window.open(broker.overload().sheds(Shed.CREDIT))))
                .build());
        endWhenSettled();
        wake();
    }

    private void batch(PublishBatch batch) {
        if (!opened) {
            throw opening
                    ? refused(Reason.CREDIT_EXCEEDED, "a batch before the opened frame gave credit")
                    : refused(Reason.FRAME_OUT_OF_ORDER, "a batch before the open frame");
        }
        if (broker.overload().sheds(Shed.PUBLISHING)) {
            leave(Overload.refusal("nothing more is taken in"), broker.limits().drainGrace());
            return;
        }
        TopicName target = target(batch);
        PublishWindow.Unsettled entry = window.admit(batch, batch.getSerializedSize());
        broker.account().take(entry.heldBytes());
        Admitted arrived = new Admitted(entry, target, batch);
        if (!held.isEmpty()) {
            held.add(arrived);
        } else if (!broker.logHealth().isAvailable()) {
            hold(arrived);
        } else {
            append(arrived);
        }
    }

    private void hold(Admitted arrived) {
        held.add(arrived);
        waitingForLog.update(broker.nextTimeLogIsThere()
                .subscribe(
                        never -> {},
                        cause -> loop().execute(() -> finish(cause)),
                        () -> loop().execute(this::letGoOn)));
    }

    private void letGoOn() {
        for (Admitted oldest = held.poll(); oldest != null && !isClosed(); oldest = held.poll()) {
            append(oldest);
        }
    }

    private void append(Admitted arrived) {
        PublishWindow.Unsettled entry = arrived.entry();
        PublishBatch batch = arrived.batch();
        append(Publication.of(batch.getEventsList(), broker.intake()), arrived.target(), batch)
                .subscribe(
                        result -> loop().execute(() -> settled(entry, result)),
                        cause -> loop().execute(() -> failed(entry, cause)));
    }

    private Mono<AppendResult> append(Publication publication, TopicName target, PublishBatch batch) {
        return session == null
                ? publication.appendTo(broker.log(), target)
                : session.append(
                        publication.numbered(target, batch.getFirstSequence()), batch.getAnsweredThroughSequence());
    }

    private TopicName target(PublishBatch batch) {
        if (!batch.getTopic().isEmpty()) {
            return TopicResource.parseWritable(batch.getTopic());
        }
        if (topic == null) {
            throw refused(Reason.REQUEST_INVALID, "neither the open frame nor the batch names a topic");
        }
        return topic;
    }

    // ---- settling

    private void settled(PublishWindow.Unsettled entry, AppendResult result) {
        entry.settle(result);
        broker.account().give(entry.heldBytes());
        endWhenSettled();
        wake();
    }

    private void failed(PublishWindow.Unsettled entry, Throwable cause) {
        broker.account().give(entry.heldBytes());
        finish(cause);
    }

    /** Ends the stream once the client has all its answers, and has ended its half or had its time to move. */
    private void endWhenSettled() {
        Refusal end = farewell;
        if (!window.isEmpty() || !control.isEmpty()) {
            return;
        }
        if (inputEnded && !(opening && !opened)) {
            finish(null);
        } else if (end != null) {
            refuse(end);
        }
    }

    // ---- the next frame

    @Override
    protected @Nullable PublishStreamResponse produce() {
        PublishStreamResponse next = nextFrame();
        moved |= next != null;
        return next;
    }

    @Override
    protected boolean canProduce() {
        return !control.isEmpty() || window.hasSettled() || owesCredit();
    }

    private @Nullable PublishStreamResponse nextFrame() {
        if (!control.isEmpty()) {
            heartbeatPending = false;
            return answeredLast(control.poll());
        }
        if (window.hasSettled()) {
            return answeredLast(
                    PublishStreamResponse.newBuilder().setAck(window.nextAck()).build());
        }
        return owesCredit()
                ? PublishStreamResponse.newBuilder()
                        .setCredit(window.nextCredit())
                        .build()
                : null;
    }

    private @Nullable PublishStreamResponse answeredLast(@Nullable PublishStreamResponse answer) {
        if (inputEnded || farewell != null) {
            loop().execute(this::endWhenSettled);
        }
        return answer;
    }

    /** A client that has ended its half, or is not listened to any more, needs no more credit. */
    private boolean owesCredit() {
        return !inputEnded && farewell == null && window.owesCredit() && !withholdsCredit();
    }

    private boolean withholdsCredit() {
        boolean withholds = broker.overload().sheds(Shed.CREDIT);
        if (withholds && !lookingAgain) {
            lookingAgain = true;
            loop().schedule(this::lookAgain, Overload.LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
        return withholds;
    }

    private void lookAgain() {
        lookingAgain = false;
        wake();
    }

    private void heartbeat() {
        if (!moved && !heartbeatPending && opened) {
            heartbeatPending = true;
            control.add(PublishStreamResponse.newBuilder()
                    .setHeartbeat(PublishHeartbeat.newBuilder()
                            .setTime(EventCodec.toMessage(broker.clock().instant()))
                            .setStallReason(stallReason()))
                    .build());
        }
        moved = false;
        wake();
    }

    private StallReason stallReason() {
        if (!window.isEmpty() || !broker.logHealth().isAvailable()) {
            return StallReason.STALL_REASON_LOG_UNAVAILABLE;
        }
        return window.owesCredit() && withholdsCredit()
                ? StallReason.STALL_REASON_OVERLOAD
                : StallReason.STALL_REASON_NO_DATA;
    }

    // ---- the end

    private void refuse(Refusal refusal) {
        finish(refusal.asException());
    }

    private static RefusedException refusedToBegin() {
        return refused(Reason.SERVER_DRAINING, "no new publisher while the server is stopping");
    }

    private static RefusedException refused(Reason reason, String message) {
        return Refusal.of(reason, message).asException();
    }

    @Override
    protected void release() {
        timers.cancelAll();
        openingUnderWay.dispose();
        waitingForLog.dispose();
        held.forEach(waiting -> broker.account().give(waiting.entry().heldBytes()));
        held.clear();
        if (session != null) {
            session.close();
        }
        control.clear();
        broker.ended(this);
    }

    /** A batch that has been admitted and not been given to the log. */
    private record Admitted(PublishWindow.Unsettled entry, TopicName target, PublishBatch batch) {}

    /** The client's half of the stream. Never cancelled: that would end the call without a status. */
    private final class Requests extends BaseSubscriber<PublishStreamRequest> {
        @Override
        protected void hookOnNext(PublishStreamRequest request) {
            onLoop(() -> received(request));
        }

        @Override
        protected void hookOnComplete() {
            onLoop(() -> {
                inputEnded = true;
                endWhenSettled();
            });
        }

        /** The client has gone; there is nobody to tell. */
        @Override
        protected void hookOnError(Throwable cause) {
            PublishStream.this.cancel();
        }
    }
}
