// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.v1.Credit;
import io.millrace.v1.Cursor;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Place;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.SlowConsumerPolicy;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.SubscriberServiceGrpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Subscribe call made with grpc-java alone, frame by frame. Checks the chain of {@code previous_offset} of every batch
 * it takes. Asks for a message only when the test takes one, unless it reads freely.
 */
final class SubscribeCall implements ClientResponseObserver<SubscribeRequest, SubscribeResponse>, AutoCloseable {
    private final BlockingQueue<SubscribeResponse> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final Map<String, Long> chain = new HashMap<>();
    private final boolean freely;
    private boolean selective;
    private @Nullable ClientCallStreamObserver<SubscribeRequest> requests;

    private SubscribeCall(boolean freely) {
        this.freely = freely;
    }

    /** A call without any frame yet. */
    static SubscribeCall on(ManagedChannel channel) {
        return on(channel, true);
    }

    /** A call that takes no message off the wire before the test asks for it. */
    static SubscribeCall stalled(ManagedChannel channel) {
        return on(channel, false);
    }

    private static SubscribeCall on(ManagedChannel channel, boolean freely) {
        SubscribeCall call = new SubscribeCall(freely);
        SubscriberServiceGrpc.newStub(channel).subscribe(call);
        return call;
    }

    /** Opened with unlimited credit. */
    static SubscribeCall open(ManagedChannel channel, StartPosition start) {
        return on(channel).open(spec(start).build(), null);
    }

    static ReadSpec.Builder spec(StartPosition start) {
        return ReadSpec.newBuilder().addTopics("orders").setStart(start);
    }

    static StartPosition earliest() {
        return StartPosition.newBuilder()
                .setEarliest(StartPosition.Earliest.getDefaultInstance())
                .build();
    }

    static StartPosition latest() {
        return StartPosition.newBuilder()
                .setLatest(StartPosition.Latest.getDefaultInstance())
                .build();
    }

    static StartPosition at(Cursor cursor) {
        return StartPosition.newBuilder().setCursor(cursor).build();
    }

    static StartPosition at(Place place) {
        return at(Cursor.newBuilder().addPlaces(place).build());
    }

    SubscribeCall open(ReadSpec spec, @Nullable Credit credit) {
        SubscribeOpen.Builder open = SubscribeOpen.newBuilder().setSpec(spec);
        selective = !spec.getFilter().isEmpty()
                || spec.getSlowConsumerPolicy() == SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE;
        if (credit != null) {
            open.setCredit(credit);
        }
        return send(SubscribeRequest.newBuilder().setOpen(open).build());
    }

    SubscribeCall open(StartPosition start, SlowConsumerPolicy policy, @Nullable Credit credit) {
        return open(spec(start).setSlowConsumerPolicy(policy).build(), credit);
    }

    SubscribeCall credit(long events) {
        return send(SubscribeRequest.newBuilder()
                .setCredit(Credit.newBuilder().setEvents(events))
                .build());
    }

    SubscribeCall send(SubscribeRequest request) {
        requests().onNext(request);
        return this;
    }

    /** The next frame of any kind. */
    SubscribeResponse next() {
        if (!freely) {
            requests().request(1);
        }
        try {
            SubscribeResponse frame = frames.poll(BrokerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return check(Objects.requireNonNull(frame, () -> "no frame came; the call is at " + end));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The next frame of this kind, with heartbeats passed over. */
    SubscribeResponse next(FrameCase kind) {
        SubscribeResponse frame = next();
        while (frame.hasHeartbeat() && kind != FrameCase.HEARTBEAT) {
            frame = next();
        }
        assertThat(frame.getFrameCase()).as("%s", frame).isEqualTo(kind);
        return frame;
    }

    /** The data of the next batches, as numbers, until this many have come. */
    List<Integer> numbers(int count) {
        List<Integer> numbers = new ArrayList<>();
        while (numbers.size() < count) {
            SubscribeResponse frame = next();
            if (!frame.hasHeartbeat() && !frame.hasCaughtUp() && !frame.hasFellBehind()) {
                assertThat(frame.getFrameCase()).as("%s", frame).isEqualTo(FrameCase.BATCH);
                numbers.addAll(numbers(frame.getBatch()));
            }
        }
        return numbers;
    }

    static List<Integer> numbers(EventBatch batch) {
        return batch.getEventsList().stream()
                .map(event -> Integer.parseInt(event.getEvent().getData().toStringUtf8()))
                .toList();
    }

    /** True when no frame but heartbeats is there; the next heartbeat proves that the server had the chance. */
    void expectSilence() {
        for (int i = 0; i < 2; i++) {
            assertThat(next().getFrameCase()).isEqualTo(FrameCase.HEARTBEAT);
        }
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /** How the call ended. Throws away what came before. */
    Status end() {
        if (!freely) {
            requests().request(Integer.MAX_VALUE);
        }
        return end.orTimeout(BrokerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    Throwable failure() {
        end();
        return failure.join();
    }

    /** Ends the client's half. */
    void halfClose() {
        requests().onCompleted();
    }

    /** Goes away without a word. */
    @Override
    public void close() {
        requests().cancel("the test is over", null);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
        requests = stream;
        if (!freely) {
            stream.disableAutoRequestWithInitial(0);
        }
    }

    @Override
    public void onNext(SubscribeResponse frame) {
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

    private ClientCallStreamObserver<SubscribeRequest> requests() {
        return Objects.requireNonNull(requests);
    }

    /** Every batch continues where the last word about its partition ended. */
    private SubscribeResponse check(SubscribeResponse frame) {
        switch (frame.getFrameCase()) {
            case OPENED -> {
                chain.clear();
                frame.getOpened()
                        .getStart()
                        .getPlacesList()
                        .forEach(place ->
                                chain.put(key(place.getTopic(), place.getPartition()), place.getNextOffset() - 1));
            }
            case BATCH -> {
                EventBatch batch = frame.getBatch();
                assertThat(batch.getPreviousOffset())
                        .as("chain")
                        .isEqualTo(chain.get(key(batch.getTopic(), batch.getPartition())));
                long last = batch.getPreviousOffset();
                for (var event : batch.getEventsList()) {
                    assertThat(event.getOffset()).isGreaterThan(last);
                    last = event.getOffset();
                }
                long next = batch.getPlace().getNextOffset();
                assertThat(next).isGreaterThanOrEqualTo(last + 1);
                assertThat(next == last + 1 || selective).as("place").isTrue();
                chain.put(key(batch.getTopic(), batch.getPartition()), next - 1);
            }
            case HEARTBEAT -> frame.getHeartbeat().getCursor().getPlacesList().forEach(this::passed);
            case CAUGHT_UP -> frame.getCaughtUp().getCursor().getPlacesList().forEach(this::passed);
            case GAP ->
                chain.put(
                        key(
                                frame.getGap().getTo().getTopic(),
                                frame.getGap().getTo().getPartition()),
                        frame.getGap().getTo().getOffset() - 1);
            default -> {}
        }
        return frame;
    }

    private void passed(Place place) {
        chain.put(key(place.getTopic(), place.getPartition()), place.getNextOffset() - 1);
    }

    private static String key(String topic, int partition) {
        return topic + "/" + partition;
    }
}
