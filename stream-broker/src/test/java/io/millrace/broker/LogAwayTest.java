// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.latest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.millrace.core.log.EventLog;
import io.millrace.core.refusal.Reason;
import io.millrace.v1.ProducerIdentity;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.StallReason;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.wire.StatusCodec;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The log goes away under a broker, and comes back. */
class LogAwayTest {
    private static final Duration PUBLISH_PATIENCE = Duration.ofMillis(2_500);
    private static final String PUBLISHING = "millrace.v1.PublisherService";

    private @Nullable LogThatGoesAway log;

    @RegisterExtension
    final BrokerFixture broker =
            new BrokerFixture(BrokerFixture.quick().withPublishPatience(PUBLISH_PATIENCE), this::around);

    @Test
    void aStreamHoldsBackWhatComesAndGoesOnInOrderWhenTheLogIsBack() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        call.batch(1, 2);
        assertThat(call.offsets(2)).containsExactly(0L, 1L);

        log().goAway();
        call.batch(3, 5);
        call.batch(8, 3);
        assertThat(call.heartbeat().getHeartbeat().getStallReason())
                .isEqualTo(StallReason.STALL_REASON_LOG_UNAVAILABLE);
        assertThat(broker.end()).as("stored meanwhile").isEqualTo(2);
        log().comeBack();

        assertThat(call.offsets(8)).isEqualTo(LongStream.range(2, 10).boxed().toList());
        call.batch(11, 1);
        assertThat(call.offsets(1)).containsExactly(10L);
        assertThat(log().appendsWhileAway()).isZero();
    }

    @Test
    void aPublisherUnderANameWaitsLikeAnyOther() {
        PublishCall call = PublishCall.on(broker.channel()).openAs("p", "orders");
        call.next();
        log().goAway();
        call.batch(1, 4);
        call.heartbeat();
        assertThat(broker.end()).isZero();

        log().comeBack();

        assertThat(call.offsets(4)).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void whatWaitsIsBoundedByTheCreditThatIsNotGivenMeanwhile() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        log().goAway();
        call.batch(1, 4_096);
        call.batch(4_097, 1);

        assertThat(StatusCodec.toRefusal(call.failure()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CREDIT_EXCEEDED));
    }

    @Test
    void aPublisherThatVanishesWhileItWaitsLeavesNothingBehind() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        log().goAway();
        call.batch(1, 100);
        call.heartbeat();
        assertThat(broker.broker().ledger().usedBytes()).isPositive();

        call.vanish();

        await().atMost(BrokerFixture.PATIENCE).until(() -> broker.broker().streams() == 0);
        log().comeBack();
        assertThat(broker.end()).isZero();
    }

    @Test
    void aSingleRequestIsRefusedAfterItsPatienceAndToldToComeAgain() {
        log().goAway();
        long sentNanos = System.nanoTime();

        Throwable refused = catchThrowable(
                () -> broker.publisher().publish(BrokerFixture.request().build()));

        assertThat(Duration.ofNanos(System.nanoTime() - sentNanos)).isGreaterThanOrEqualTo(PUBLISH_PATIENCE);
        refusedAsAway(refused);
        refusedAsAway(catchThrowable(() -> broker.publisher()
                .publish(BrokerFixture.request().setAtomic(true).build())));
        refusedAsAway(catchThrowable(() -> broker.publisher()
                .publish(BrokerFixture.request()
                        .setProducer(
                                ProducerIdentity.newBuilder().setProducerId("p").setFirstSequence(1))
                        .build())));
        assertThat(log().appendsWhileAway()).isZero();
    }

    @Test
    void aDeadlineThatIsSoonerThanThePatienceIsAnsweredInTime() {
        log().goAway();

        refusedAsAway(catchThrowable(() -> broker.publisher()
                .withDeadlineAfter(2, TimeUnit.SECONDS)
                .publish(BrokerFixture.request().build())));
    }

    @Test
    void aSingleRequestGoesOnWhenTheLogComesBackInTime() {
        log().goAway();
        CompletableFuture<PublishResponse> answer = CompletableFuture.supplyAsync(
                () -> broker.publisher().publish(BrokerFixture.request().build()));
        log().comeBack();

        assertThat(answer.orTimeout(BrokerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join()
                        .getResults(0)
                        .getPosition()
                        .getOffset())
                .isZero();
    }

    @Test
    void anAppendThatIsNotAnsweredBeforeTheDeadlineHasAnUnknownOutcome() {
        log().fallSilent();

        Throwable failure = catchThrowable(() -> broker.publisher()
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .publish(BrokerFixture.request().build()));

        assertThat(StatusCodec.toRefusal(failure))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.PUBLISH_OUTCOME_UNKNOWN));
        assertThat(StatusCodec.retryDelay(failure)).isEmpty();
    }

    @Test
    void aLiveSubscriberStaysAndIsToldWhyNothingComes() {
        SubscribeCall call = SubscribeCall.open(broker.channel(), latest());
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);

        log().goAway();
        await().atMost(BrokerFixture.PATIENCE)
                .until(() -> stallReason(call) == StallReason.STALL_REASON_LOG_UNAVAILABLE);
        log().comeBack();

        await().atMost(BrokerFixture.PATIENCE).until(() -> stallReason(call) == StallReason.STALL_REASON_NO_DATA);
        broker.append(0, 3);
        assertThat(call.numbers(3)).containsExactly(0, 1, 2);
    }

    @Test
    void anIdlePublisherIsToldThatTheLogIsAway() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        log().goAway();

        await().atMost(BrokerFixture.PATIENCE)
                .until(() ->
                        call.heartbeat().getHeartbeat().getStallReason() == StallReason.STALL_REASON_LOG_UNAVAILABLE);
    }

    @Test
    void onlyTheHealthOfDurablePublishingGoesWithTheLog() {
        assertThat(health(PUBLISHING)).isEqualTo(ServingStatus.SERVING);

        log().goAway();
        assertThat(health(PUBLISHING)).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(health("")).as("the server itself").isEqualTo(ServingStatus.SERVING);
        assertThat(health("millrace.v1.SubscriberService")).isEqualTo(ServingStatus.SERVING);
        assertThat(health("millrace.v1.TopicService")).isEqualTo(ServingStatus.SERVING);

        log().comeBack();
        assertThat(health(PUBLISHING)).isEqualTo(ServingStatus.SERVING);
    }

    private EventLog around(EventLog inner) {
        log = new LogThatGoesAway(inner);
        return log;
    }

    private LogThatGoesAway log() {
        return Objects.requireNonNull(log);
    }

    private static StallReason stallReason(SubscribeCall call) {
        return call.next(FrameCase.HEARTBEAT).getHeartbeat().getStallReason();
    }

    private ServingStatus health(String service) {
        return HealthGrpc.newBlockingStub(broker.channel())
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    private static void refusedAsAway(Throwable failure) {
        assertThat(StatusCodec.toRefusal(failure))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.LOG_UNAVAILABLE));
        assertThat(StatusCodec.retryDelay(failure)).isPresent();
    }
}
