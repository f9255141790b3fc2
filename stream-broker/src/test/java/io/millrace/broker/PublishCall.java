// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.millrace.v1.Event;
import io.millrace.v1.PublishAck;
import io.millrace.v1.PublishBatch;
import io.millrace.v1.PublishOpen;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.millrace.v1.PublisherServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A PublishStream call made with grpc-java alone, frame by frame. */
final class PublishCall implements StreamObserver<PublishStreamResponse> {
    private final BlockingQueue<PublishStreamResponse> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final StreamObserver<PublishStreamRequest> requests;

    private PublishCall(ManagedChannel channel) {
        requests = PublisherServiceGrpc.newStub(channel).publishStream(this);
    }

    static PublishCall on(ManagedChannel channel) {
        return new PublishCall(channel);
    }

    static PublishCall open(ManagedChannel channel, String topic) {
        return on(channel).open(topic);
    }

    PublishCall open(String topic) {
        return send(PublishStreamRequest.newBuilder()
                .setOpen(PublishOpen.newBuilder().setTopic(topic))
                .build());
    }

    PublishCall openAs(String producerId, String topic) {
        return send(PublishStreamRequest.newBuilder()
                .setOpen(PublishOpen.newBuilder().setTopic(topic).setProducerId(producerId))
                .build());
    }

    PublishCall send(PublishStreamRequest request) {
        requests.onNext(request);
        return this;
    }

    PublishCall batch(long firstSequence, int events) {
        return batch(
                firstSequence,
                IntStream.range(0, events)
                        .mapToObj(i -> event(Long.toString(firstSequence + i)))
                        .toList());
    }

    PublishCall batch(long firstSequence, List<Event> events) {
        return send(PublishStreamRequest.newBuilder()
                .setBatch(PublishBatch.newBuilder()
                        .setFirstSequence(firstSequence)
                        .addAllEvents(events))
                .build());
    }

    static Event event(String data) {
        return Event.newBuilder().setData(ByteString.copyFromUtf8(data)).build();
    }

    static Event event(int dataBytes) {
        return Event.newBuilder()
                .setData(ByteString.copyFrom(new byte[dataBytes]))
                .build();
    }

    /** The next frame; heartbeats are passed over. */
    PublishStreamResponse next() {
        try {
            PublishStreamResponse frame = take();
            while (frame.hasHeartbeat()) {
                frame = take();
            }
            return frame;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    PublishStreamResponse heartbeat() {
        try {
            PublishStreamResponse frame = take();
            while (!frame.hasHeartbeat()) {
                frame = take();
            }
            return frame;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Offsets of the next acknowledged events, until there are this many; credit is passed over. */
    List<Long> offsets(int count) {
        List<Long> offsets = new ArrayList<>();
        while (offsets.size() < count) {
            PublishStreamResponse frame = next();
            if (frame.hasAck()) {
                offsets.addAll(frame.getAck().getOffsetsList());
            }
        }
        return offsets;
    }

    PublishAck ack() {
        PublishStreamResponse frame = next();
        while (!frame.hasAck()) {
            frame = next();
        }
        return frame.getAck();
    }

    void halfClose() {
        requests.onCompleted();
    }

    void vanish() {
        requests.onError(new IllegalStateException("the client goes away"));
    }

    Status end() {
        return end.orTimeout(BrokerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    Throwable failure() {
        end();
        return failure.join();
    }

    @Override
    public void onNext(PublishStreamResponse frame) {
        frames.add(frame);
    }

    @Override
    public void onError(Throwable error) {
        failure.complete(error);
        end.complete(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    private PublishStreamResponse take() throws InterruptedException {
        return Objects.requireNonNull(
                frames.poll(BrokerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS),
                () -> "no frame came; the call is at " + end);
    }
}
