// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.salesforce.reactorgrpc.stub.ClientCalls;
import com.salesforce.reactorgrpc.stub.ReactorCallOptions;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.millrace.client.Backoff;
import io.millrace.client.Endpoint;
import io.millrace.client.MillraceException;
import io.millrace.client.stream.CallControl;
import io.millrace.client.stream.StreamRole;
import io.millrace.core.refusal.Reason;
import io.millrace.v1.CaughtUp;
import io.millrace.v1.Credit;
import io.millrace.v1.DrainReason;
import io.millrace.v1.Draining;
import io.millrace.v1.FellBehind;
import io.millrace.v1.Gap;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeOpened;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.wire.EventCodec;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The receiving half of a subscription: opens each call where the one before ended, proves that nothing is missing, and
 * puts what comes into the inbox. Called under the lock of its call; see {@link StreamRole}.
 */
final class SubscriptionRole implements StreamRole<SubscribeRequest, ServerFrame> {
    /** Frames asked for from gRPC ahead; what may come is bounded by credit anyway. */
    private static final int PREFETCH_FRAMES = 256;

    private static final CallOptions CALL_OPTIONS = CallOptions.DEFAULT
            .withOption(ReactorCallOptions.CALL_OPTIONS_PREFETCH, PREFETCH_FRAMES)
            .withOption(ReactorCallOptions.CALL_OPTIONS_LOW_TIDE, PREFETCH_FRAMES / 2);

    /** The generated method, but for what its answers are read as. */
    private static final MethodDescriptor<SubscribeRequest, ServerFrame> SUBSCRIBE =
            SubscriberServiceGrpc.getSubscribeMethod().toBuilder(
                            SubscriberServiceGrpc.getSubscribeMethod().getRequestMarshaller(),
                            new ServerFrameMarshaller())
                    .build();

    private static final int MAX_CHAIN_BREAKS = 5;

    private final SubscriptionSpec spec;
    private final CreditAccount credit;
    private final Inbox inbox;
    private final Delivery delivery;
    private final ReceivedPlaces places = new ReceivedPlaces();
    private boolean openSent;
    private boolean resumed;
    private int chainBreaks;
    private @Nullable Endpoint endpoint;

    SubscriptionRole(SubscriptionSpec spec, CreditAccount credit, Inbox inbox, Delivery delivery) {
        this.spec = spec;
        this.credit = credit;
        this.inbox = inbox;
        this.delivery = delivery;
        // A place given by the user is where the proof begins, whatever the server makes of it.
        places.open(spec.read().getStart().getCursor());
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public Flux<ServerFrame> call(Channel channel, Flux<SubscribeRequest> requests) {
        return ClientCalls.manyToMany(
                requests,
                frames -> io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(SUBSCRIBE, CALL_OPTIONS), frames),
                CALL_OPTIONS);
    }

    @Override
    public void onOpening(Endpoint at) {
        endpoint = at;
        openSent = false;
    }

    @Override
    public @Nullable SubscribeRequest nextFrame() {
        if (!openSent) {
            openSent = true;
            return SubscribeRequest.newBuilder()
                    .setOpen(openFrame(credit.open()))
                    .build();
        }
        Credit more = credit.take();
        return more == null
                ? null
                : SubscribeRequest.newBuilder().setCredit(more).build();
    }

    /**
     * Before it has opened for the first time there is no place to go on at, and what a reader has been told to skip must
     * not be told again by another server.
     */
    @Override
    public boolean opensBeside() {
        return resumed && !spec.skips();
    }

    /** Without credit, which is all with the call in progress. */
    @Override
    public SubscribeRequest openingBeside() {
        return SubscribeRequest.newBuilder()
                .setOpen(openFrame(Credit.newBuilder().setEvents(0).setBytes(0).build()))
                .build();
    }

    /** A topic that has joined here and is not known there yet would be forgotten, and then be read from its beginning. */
    @Override
    public boolean opens(ServerFrame frame) {
        return frame instanceof ServerFrame.Control control
                && control.message().hasOpened()
                && places.areAllIn(control.message().getOpened().getStart());
    }

    @Override
    public boolean mayLeave() {
        return true;
    }

    @Override
    public void onMoved(Endpoint at) {
        endpoint = at;
        openSent = true;
        credit.openWithout();
    }

    @Override
    public void onFrame(ServerFrame frame, CallControl call) {
        if (frame instanceof ServerFrame.Batch events) {
            batch(events.batch(), call);
        } else if (frame instanceof ServerFrame.Control control) {
            control(control.message(), call);
        }
    }

    private void control(SubscribeResponse frame, CallControl call) {
        switch (frame.getFrameCase()) {
            case OPENED -> opened(frame.getOpened(), call);
            case CAUGHT_UP -> caughtUp(frame.getCaughtUp());
            case FELL_BEHIND -> fellBehind(frame.getFellBehind());
            case GAP -> gap(frame.getGap());
            case HEARTBEAT -> heartbeat(frame.getHeartbeat());
            case DRAINING -> draining(frame.getDraining(), call);
            default -> {} // a kind of a later version
        }
    }

    @Override
    public boolean onCompleted() {
        if (spec.hasEnd()) {
            delivery.end(null);
        }
        return spec.hasEnd();
    }

    @Override
    public void onBroken(MillraceException cause) {
        notice(new Signal.Disconnected(cause), null);
    }

    @Override
    public void onFailed(MillraceException cause) {
        delivery.end(cause);
    }

    @Override
    public void deliver() {
        delivery.wake();
    }

    private SubscribeOpen openFrame(Credit first) {
        return SubscribeOpen.newBuilder()
                .setSpec(resumed ? spec.readFrom(places.cursor()) : spec.read())
                .setCredit(first)
                .setClientName(spec.clientName())
                .build();
    }

    private void opened(SubscribeOpened opened, CallControl call) {
        places.open(opened.getStart());
        call.opened(EventCodec.toDuration(opened.getLimits().getHeartbeatInterval(), "heartbeat_interval"));
        Endpoint at = endpoint;
        if (at != null) {
            Cursor start = Cursor.of(opened.getStart());
            notice(new Signal.Opened(opened.getSessionId(), at, start, resumed), places.cursor());
        }
        resumed = true;
    }

    private void batch(EncodedBatch batch, CallControl call) {
        ReceivedPlace place = places.of(batch);
        int firstNew = accept(place, batch);
        if (!credit.receive(batch.size(), batch.size() - firstNew, batch.creditBytes())) {
            throw MillraceException.of(
                    Reason.CREDIT_EXCEEDED, "the server has sent more events than it had credit for");
        }
        inbox.add(new Arrival.Batch(batch, firstNew, place.place()));
        call.progressed();
    }

    private int accept(ReceivedPlace place, EncodedBatch batch) {
        try {
            int firstNew = place.accept(batch);
            chainBreaks = 0;
            return firstNew;
        } catch (MillraceException broken) {
            throw ++chainBreaks < MAX_CHAIN_BREAKS ? broken : broken.asFinal();
        }
    }

    private void caughtUp(CaughtUp frame) {
        Cursor cursor = passed(frame.getCursor());
        notice(new Signal.CaughtUp(cursor, EventCodec.toInstant(frame.getTime(), "time")), cursor);
    }

    private void fellBehind(FellBehind frame) {
        Cursor cursor = passed(frame.getCursor());
        notice(new Signal.FellBehind(cursor, frame.getLagEvents()), cursor);
    }

    private void heartbeat(Heartbeat frame) {
        Cursor cursor = passed(frame.getCursor());
        notice(
                new Signal.Heartbeat(
                        cursor,
                        EventCodec.toInstant(frame.getTime(), "time"),
                        frame.getLagEvents(),
                        Reasons.of(frame.getStallReason())),
                cursor);
    }

    private Cursor passed(io.millrace.v1.Cursor whole) {
        places.pass(whole);
        return places.cursor();
    }

    /** Of a call that was opened beside another the beginning has come already; only what lies behind is missing. */
    private void gap(Gap gap) {
        long from = places.firstMissing(gap);
        if (from >= gap.getTo().getOffset()) {
            return;
        }
        boolean whole = from == gap.getFrom().getOffset();
        Place after = places.pass(gap);
        inbox.add(new Arrival.Missing(
                new Signal.Gap(
                        Reasons.of(gap.getReason()),
                        after.partition(),
                        from,
                        gap.getTo().getOffset(),
                        whole && gap.hasEvents() ? OptionalLong.of(gap.getEvents()) : OptionalLong.empty()),
                after));
    }

    private void draining(Draining draining, CallControl call) {
        call.move(
                Backoff.jittered(EventCodec.toDuration(draining.getReconnectDelay(), "reconnect_delay")),
                draining.getReason() != DrainReason.DRAIN_REASON_MAX_AGE);
    }

    private void notice(Signal signal, @Nullable Cursor places) {
        inbox.add(new Arrival.Notice(signal, places));
    }
}
