// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.v1.Credit;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscriberServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers that a publisher should not notice: some have stopped reading altogether, so that everything up to the
 * broker's socket is full; the others read a few events a second. In this process; owned by one thread.
 */
public final class Crowd implements AutoCloseable {
    private static final int STREAMS_PER_CONNECTION = 50;

    /** What HTTP/2 has unless more is said; a thousand streams that do not read hold it here, each its own. */
    private static final int WINDOW_BYTES = 65_535;

    private static final long GRANTS_PER_SECOND = 10;
    private static final long OPEN_PATIENCE_SECONDS = 60;

    private final List<ManagedChannel> connections = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final ScheduledExecutorService granting = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "crowd-credit");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
    private final CountDownLatch notOpened;

    private Crowd(int members) {
        this.notOpened = new CountDownLatch(members);
    }

    /**
     * Subscribes to what will be published; returns when every stream is open.
     *
     * @param endpoint of the broker
     * @param stalled how many read nothing
     * @param reading how many read
     * @param eventsPerSecond how fast each of those reads
     */
    public static Crowd gather(String endpoint, String topic, int stalled, int reading, int eventsPerSecond) {
        Crowd crowd = new Crowd(stalled + reading);
        try {
            crowd.open(endpoint, topic, stalled, null);
            crowd.open(endpoint, topic, reading, credit(eventsPerSecond / GRANTS_PER_SECOND));
            crowd.awaitOpened();
            Credit grant = credit(eventsPerSecond / GRANTS_PER_SECOND);
            List<Member> readers = crowd.members.subList(stalled, crowd.members.size());
            crowd.granting.scheduleAtFixedRate(
                    () -> readers.forEach(reader -> reader.grant(grant)),
                    0,
                    1000 / GRANTS_PER_SECOND,
                    TimeUnit.MILLISECONDS);
            return crowd;
        } catch (RuntimeException e) {
            crowd.close();
            throw e;
        }
    }

    /** Fails when one of the streams has ended. */
    public void requireWhole() {
        Throwable cause = fault.get();
        if (cause != null) {
            throw new IllegalStateException("a subscriber of the crowd has failed: " + cause, cause);
        }
    }

    private void open(String endpoint, String topic, int count, @Nullable Credit credit) {
        ManagedChannel connection = null;
        for (int i = 0; i < count; i++) {
            if (i % STREAMS_PER_CONNECTION == 0) {
                connection = NettyChannelBuilder.forTarget(endpoint)
                        .usePlaintext()
                        .flowControlWindow(WINDOW_BYTES)
                        .build();
                connections.add(connection);
            }
            Member member = new Member(credit != null);
            members.add(member);
            SubscriberServiceGrpc.newStub(connection).subscribe(member);
            member.open(topic, credit);
        }
    }

    private void awaitOpened() {
        try {
            if (!notOpened.await(OPEN_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(notOpened.getCount() + " subscribers have not opened");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Credit credit(long events) {
        return Credit.newBuilder().setEvents(events).build();
    }

    @Override
    public void close() {
        granting.shutdownNow();
        members.forEach(Member::leave);
        connections.forEach(ManagedChannel::shutdownNow);
    }

    /** One stream; gRPC calls it, and the thread that grants. */
    private final class Member implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
        private final boolean reads;
        private @Nullable ClientCallStreamObserver<SubscribeRequest> call;
        private volatile boolean left;
        private boolean opened;

        Member(boolean reads) {
            this.reads = reads;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<SubscribeRequest> requests) {
            call = requests;
            requests.disableAutoRequestWithInitial(1);
        }

        void open(String topic, @Nullable Credit credit) {
            SubscribeOpen.Builder open = SubscribeOpen.newBuilder()
                    .setClientName("crowd")
                    .setSpec(ReadSpec.newBuilder()
                            .addTopics(topic)
                            .setStart(StartPosition.newBuilder().setLatest(StartPosition.Latest.getDefaultInstance())));
            if (credit != null) {
                open.setCredit(credit);
            }
            send(SubscribeRequest.newBuilder().setOpen(open).build());
        }

        void grant(Credit credit) {
            send(SubscribeRequest.newBuilder().setCredit(credit).build());
        }

        void leave() {
            left = true;
            if (call != null) {
                call.cancel("enough", null);
            }
        }

        private synchronized void send(SubscribeRequest frame) {
            if (call != null && !left) {
                call.onNext(frame);
            }
        }

        @Override
        public void onNext(SubscribeResponse frame) {
            if (!opened) {
                opened = true;
                notOpened.countDown();
            }
            if (reads && call != null) {
                call.request(1);
            }
        }

        @Override
        public void onError(Throwable cause) {
            if (!left) {
                fault.compareAndSet(null, cause);
            }
        }

        @Override
        public void onCompleted() {
            fault.compareAndSet(null, new IllegalStateException("the broker has ended the stream"));
        }
    }
}
