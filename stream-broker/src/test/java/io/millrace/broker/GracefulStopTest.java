// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.earliest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.millrace.core.refusal.Reason;
import io.millrace.v1.GetTopicRequest;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.TopicServiceGrpc;
import io.millrace.wire.StatusCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Hooks;

/** A broker that stops while there are streams. */
class GracefulStopTest {
    private static final int MORE_THAN_FITS_ON_THE_WAY = 100_000;

    private LogThatWaits log;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture(
            BrokerFixture.quick()
                    .withTimes(
                            Duration.ofMillis(200),
                            Duration.ofSeconds(20),
                            Duration.ofMinutes(30),
                            Duration.ofSeconds(30)),
            around -> log = new LogThatWaits(around));

    @Test
    void itSaysThatItDoesNotServeRefusesNewStreamsAndAnswersOtherCalls() throws Exception {
        SubscribeCall reader = SubscribeCall.open(broker.channel(), earliest());
        reader.next(FrameCase.OPENED);
        reader.next(FrameCase.CAUGHT_UP);
        CompletableFuture<Void> closing = close();
        reader.next(FrameCase.DRAINING);

        for (String service : new String[] {"", "millrace.v1.SubscriberService", "millrace.v1.PublisherService"}) {
            assertThat(HealthGrpc.newBlockingStub(broker.channel())
                            .check(HealthCheckRequest.newBuilder()
                                    .setService(service)
                                    .build())
                            .getStatus())
                    .isEqualTo(ServingStatus.NOT_SERVING);
        }
        assertDraining(SubscribeCall.open(broker.channel(), earliest()).failure());
        assertDraining(PublishCall.open(broker.channel(), "orders").failure());
        ManagedChannel another = broker.newChannel();
        assertDraining(SubscribeCall.open(another, earliest()).failure());
        assertThat(TopicServiceGrpc.newBlockingStub(another)
                        .getTopic(GetTopicRequest.newBuilder().setName("orders").build())
                        .getTopic()
                        .getPartitions())
                .isEqualTo(1);
        another.shutdownNow();

        long leftNanos = System.nanoTime();
        reader.close();
        closing.join();
        assertThat(Duration.ofNanos(System.nanoTime() - leftNanos)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void aStreamThatHasNotOpenedYetIsRefusedWhenItOpens() {
        SubscribeCall waiting = SubscribeCall.on(broker.channel());
        SubscribeCall reader = SubscribeCall.open(broker.channel(), earliest());
        reader.next(FrameCase.OPENED);
        reader.next(FrameCase.CAUGHT_UP);
        await().until(() -> broker.broker().streams() == 2);
        CompletableFuture<Void> closing = close();
        waiting.next(FrameCase.DRAINING);

        waiting.send(SubscribeRequest.newBuilder()
                .setOpen(io.millrace.v1.SubscribeOpen.newBuilder().setSpec(SubscribeCall.spec(earliest())))
                .build());
        assertDraining(waiting.failure());
        reader.close();
        closing.join();
    }

    @Test
    void whatAPublisherHasSentIsStoredAndAnsweredBeforeItsStreamEnds() throws Exception {
        PublishCall publisher = PublishCall.open(broker.channel(), "orders");
        publisher.next();
        PublishCall idle = PublishCall.open(broker.channel(), "orders");
        idle.next();
        publisher.batch(1, 10);
        log.awaitAppend();
        CompletableFuture<Void> closing = close();
        assertThat(publisher.next().hasDraining()).isTrue();
        assertDraining(idle.failure()); // so the time to move is over

        log.goOn();
        assertThat(publisher.offsets(10)).hasSize(10);
        assertDraining(publisher.failure());
        closing.join();
    }

    @Test
    void aPublisherWhoseEventsAreNeverStoredAndAReaderThatTakesNothingDoNotHoldItUp() throws Exception {
        PublishCall publisher = PublishCall.open(broker.channel(), "orders");
        publisher.next();
        publisher.batch(1, 10);
        log.awaitAppend();
        broker.append(0, MORE_THAN_FITS_ON_THE_WAY);
        ManagedChannel another = broker.newChannel();
        SubscribeCall reader = SubscribeCall.stalled(another);
        reader.open(SubscribeCall.spec(earliest()).build(), null);
        await().until(() -> broker.broker().streams() == 2);
        long beganNanos = System.nanoTime();

        CompletableFuture<Void> closing = close();
        assertDraining(publisher.failure());
        log.goOn(); // while the reader is waited for
        closing.join();
        another.shutdownNow();
        assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void whatTheLogAnswersAfterTheStopTroublesNobody() throws Exception {
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            log.keepWaiting();
            SubscribeCall reader = SubscribeCall.open(broker.channel(), earliest());
            log.awaitQuestion();
            close().join();
            assertThat(reader.failure()).isNotNull();

            log.failQuestions();
            assertThat(dropped).isEmpty();
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    private CompletableFuture<Void> close() {
        return CompletableFuture.runAsync(() -> broker.broker().close());
    }

    private static void assertDraining(Throwable failure) {
        assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(StatusCodec.retryDelay(failure)).isPresent();
        assertThat(StatusCodec.toRefusal(failure))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.SERVER_DRAINING));
    }
}
