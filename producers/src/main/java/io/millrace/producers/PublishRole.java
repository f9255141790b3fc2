// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import com.salesforce.reactorgrpc.stub.ReactorCallOptions;
import io.grpc.Channel;
import io.millrace.client.Backoff;
import io.millrace.client.Endpoint;
import io.millrace.client.MillraceException;
import io.millrace.client.stream.CallControl;
import io.millrace.client.stream.StreamRole;
import io.millrace.v1.DrainReason;
import io.millrace.v1.Draining;
import io.millrace.v1.PublishAck;
import io.millrace.v1.PublishBatch;
import io.millrace.v1.PublishCredit;
import io.millrace.v1.PublishOpen;
import io.millrace.v1.PublishOpened;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.millrace.v1.ReactorPublisherServiceGrpc;
import io.millrace.v1.StreamLimits;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The stream half of a producer: sends what the window holds as far as the server's credit goes, and settles it with
 * the server's answers. Called under the lock of its call; see {@link StreamRole}.
 */
final class PublishRole implements StreamRole<PublishStreamRequest, PublishStreamResponse> {
    private static final int PREFETCH_FRAMES = 256;

    private final ProducerOptions options;
    private final PublishWindow window;
    private final Runnable deliver;
    private boolean openSent;
    private boolean opened;
    private long creditEvents;
    private long creditBytes;
    private long maxEventBytes;
    private long maxFrameBytes;
    private boolean draining;
    private volatile @Nullable MillraceException lastBreak;

    /**
     * @param options what the producer was asked to be
     * @param window what is to be sent and settled
     * @param deliver called when something may be settled or may be sent
     */
    PublishRole(ProducerOptions options, PublishWindow window, Runnable deliver) {
        this.options = options;
        this.window = window;
        this.deliver = deliver;
    }

    /** Why the stream is not open now; absent when it is. */
    @Nullable
    MillraceException lastBreak() {
        return lastBreak;
    }

    @Override
    public String name() {
        return "producer of " + options.topic();
    }

    @Override
    public Flux<PublishStreamResponse> call(Channel channel, Flux<PublishStreamRequest> requests) {
        return ReactorPublisherServiceGrpc.newReactorStub(channel)
                .withOption(ReactorCallOptions.CALL_OPTIONS_PREFETCH, PREFETCH_FRAMES)
                .withOption(ReactorCallOptions.CALL_OPTIONS_LOW_TIDE, PREFETCH_FRAMES / 2)
                .publishStream(requests);
    }

    @Override
    public void onOpening(Endpoint endpoint) {
        openSent = false;
        opened = false;
        draining = false;
        creditEvents = 0;
        creditBytes = 0;
    }

    @Override
    public @Nullable PublishStreamRequest nextFrame() {
        if (!openSent) {
            openSent = true;
            return openFrame();
        }
        PublishBatch batch = opened && !draining
                ? window.nextBatch(creditEvents, Math.min(creditBytes, maxFrameBytes), maxEventBytes)
                : null;
        if (batch == null) {
            return null;
        }
        creditEvents -= batch.getEventsCount();
        creditBytes -= batch.getSerializedSize();
        return PublishStreamRequest.newBuilder().setBatch(batch).build();
    }

    /** Under a name the next stream would end this one, with all that is on its way. */
    @Override
    public boolean opensBeside() {
        return !options.exactlyOnce();
    }

    @Override
    public PublishStreamRequest openingBeside() {
        return openFrame();
    }

    @Override
    public boolean opens(PublishStreamResponse frame) {
        return frame.hasOpened();
    }

    /** Events of one key keep their order only when what is on its way here is stored before what goes there. */
    @Override
    public boolean mayLeave() {
        return window.isNothingOnItsWay();
    }

    @Override
    public void onMoved(Endpoint endpoint) {
        onOpening(endpoint);
        openSent = true;
    }

    @Override
    public void onFrame(PublishStreamResponse frame, CallControl call) {
        switch (frame.getFrameCase()) {
            case OPENED -> opened(frame.getOpened(), call);
            case ACK -> ack(frame.getAck(), call);
            case CREDIT -> credit(frame.getCredit());
            case DRAINING -> draining(frame.getDraining(), call);
            default -> {} // a heartbeat, or a kind of a later version
        }
    }

    @Override
    public boolean onCompleted() {
        return window.isFinished();
    }

    @Override
    public void onBroken(MillraceException cause) {
        lastBreak = cause;
        window.takeBack(cause);
    }

    @Override
    public void onFailed(MillraceException cause) {
        lastBreak = cause;
        window.giveUp(cause);
    }

    @Override
    public void deliver() {
        deliver.run();
    }

    private void opened(PublishOpened frame, CallControl call) {
        StreamLimits limits = frame.getLimits();
        maxEventBytes = limitOrNone(limits.getMaxEventBytes());
        maxFrameBytes = limitOrNone(limits.getMaxFrameBytes());
        window.open(Math.max(1, frame.getFirstUnsettledSequence()));
        credit(frame.getCredit());
        opened = true;
        lastBreak = null;
        call.opened(EventCodec.toDuration(limits.getHeartbeatInterval(), "heartbeat_interval"));
    }

    private void ack(PublishAck ack, CallControl call) {
        window.settle(ack);
        call.progressed();
    }

    private void credit(PublishCredit more) {
        creditEvents += more.getEvents();
        creditBytes += more.getBytes();
    }

    /** Nothing new is sent on a draining stream; it is left when everything on it has its answer. */
    private void draining(Draining frame, CallControl call) {
        draining = true;
        call.move(
                Backoff.jittered(EventCodec.toDuration(frame.getReconnectDelay(), "reconnect_delay")),
                frame.getReason() != DrainReason.DRAIN_REASON_MAX_AGE);
    }

    private PublishStreamRequest openFrame() {
        return PublishStreamRequest.newBuilder()
                .setOpen(PublishOpen.newBuilder()
                        .setTopic(TopicResource.format(options.topic()))
                        .setProducerId(options.producerId()))
                .build();
    }

    private static long limitOrNone(long limit) {
        return limit > 0 ? limit : Long.MAX_VALUE;
    }
}
