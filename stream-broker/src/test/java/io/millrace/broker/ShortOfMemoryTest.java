// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.refusal.Reason;
import io.millrace.v1.Credit;
import io.millrace.v1.ProducerIdentity;
import io.millrace.v1.PublishCredit;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.StallReason;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.wire.StatusCodec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody else holds so much of the ledger that the broker gives up one thing after the other. */
class ShortOfMemoryTest {
    private static final double NEARLY_ENDED = 0.76;
    private static final double ENDED = 0.74;
    private static final double NO_CREDIT = 0.86;
    private static final double NO_SUBSCRIPTIONS = 0.91;
    private static final double NO_REPLAYS = 0.95;
    private static final double NO_PUBLISHING = 0.98;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    private MemoryLedger.@Nullable Account others;

    @BeforeEach
    void somebodyElseMayHoldMemory() {
        others = broker.broker().ledger().open();
    }

    @AfterEach
    void everybodyGivesBack() {
        Objects.requireNonNull(others).close();
    }

    @Test
    void aPublisherGetsNoCreditBackAndIsRefusedNothing() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        assertThat(call.next().getOpened().getCredit().getEvents()).isEqualTo(4_096);

        use(NO_CREDIT);
        call.batch(1, 4_096);
        assertThat(call.ack().getOffsetsCount()).isEqualTo(4_096);
        assertThat(call.heartbeat().getHeartbeat().getStallReason()).isEqualTo(StallReason.STALL_REASON_OVERLOAD);
        use(NEARLY_ENDED);
        assertThat(call.heartbeat().getHeartbeat().getStallReason()).isEqualTo(StallReason.STALL_REASON_OVERLOAD);
        use(ENDED);

        assertThat(call.next().getCredit().getEvents()).isEqualTo(4_096);
    }

    @Test
    void aNewPublisherBeginsWithLittleCreditAndGetsTheRestLater() {
        use(NO_CREDIT);
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        PublishCredit first = call.next().getOpened().getCredit();
        call.batch(1, 256);
        assertThat(call.offsets(256)).hasSize(256);
        use(ENDED);
        PublishCredit rest = call.next().getCredit();

        assertThat(first.getEvents()).isEqualTo(256);
        assertThat(rest.getEvents()).isEqualTo(4_096);
        assertThat(first.getBytes()).isEqualTo(512 << 10);
        assertThat(rest.getBytes()).isBetween((8L << 20) - (512 << 10), 8L << 20);
    }

    @Test
    void aNewSubscriptionIsRefusedAndThoseThatAreThereGoOn() {
        SubscribeCall there = SubscribeCall.open(broker.channel(), SubscribeCall.latest());
        there.next(FrameCase.OPENED);
        there.next(FrameCase.CAUGHT_UP);

        use(NO_SUBSCRIPTIONS);
        refusedForMemory(
                SubscribeCall.open(broker.channel(), SubscribeCall.latest()).failure());
        broker.append(0, 10);
        assertThat(there.numbers(10)).hasSize(10);
        use(NEARLY_ENDED);
        refusedForMemory(
                SubscribeCall.open(broker.channel(), SubscribeCall.latest()).failure());
        use(ENDED);

        SubscribeCall.open(broker.channel(), SubscribeCall.latest()).next(FrameCase.OPENED);
    }

    @Test
    void aReplayStandsAndSaysWhyAndGoesOnExactlyThere() {
        IntStream.range(0, 60).forEach(i -> broker.append(i * 1_000, (i + 1) * 1_000));
        SubscribeCall replay = SubscribeCall.on(broker.channel())
                .open(
                        SubscribeCall.spec(SubscribeCall.earliest()).build(),
                        Credit.newBuilder().setEvents(50).build());
        replay.next(FrameCase.OPENED);
        List<Integer> received = replay.numbers(50);

        use(NO_REPLAYS);
        replay.credit(1_000_000);
        for (SubscribeResponse frame = replay.next(); !isStalledByOverload(frame); frame = replay.next()) {
            received.addAll(SubscribeCall.numbers(frame.getBatch()));
        }
        assertThat(received).hasSizeLessThan(60_000);
        refusedForMemory(catchThrowable(() -> SubscriberServiceGrpc.newBlockingStub(broker.channel())
                .read(ReadRequest.newBuilder()
                        .setSpec(SubscribeCall.spec(SubscribeCall.earliest()))
                        .build())));
        use(ENDED);
        received.addAll(replay.numbers(60_000 - received.size()));

        assertThat(received).isEqualTo(IntStream.range(0, 60_000).boxed().toList());
    }

    @Test
    void aSingleRequestIsRefusedAndStoresNothing() {
        use(NO_PUBLISHING);

        refusedForMemory(catchThrowable(
                () -> broker.publisher().publish(BrokerFixture.request().build())));
        refusedForMemory(catchThrowable(() -> broker.publisher()
                .publish(BrokerFixture.request().setAtomic(true).build())));
        refusedForMemory(catchThrowable(() -> broker.publisher()
                .publish(BrokerFixture.request()
                        .setProducer(
                                ProducerIdentity.newBuilder().setProducerId("p").setFirstSequence(1))
                        .build())));
        assertThat(broker.publisher()
                        .publish(BrokerFixture.request().setValidateOnly(true).build())
                        .getResultsCount())
                .isOne();

        assertThat(broker.end()).isZero();
    }

    @Test
    void aStreamAnswersWhatItHasTakenInAndEndsWithTheNextBatch() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        call.batch(1, 10);
        assertThat(call.offsets(10)).isEqualTo(LongStream.range(0, 10).boxed().toList());

        use(NO_PUBLISHING);
        call.batch(11, 10).batch(21, 10);

        refusedForMemory(call.failure());
        assertThat(broker.end()).isEqualTo(10);
        refusedForMemory(PublishCall.open(broker.channel(), "orders").failure());
    }

    private void use(double share) {
        MemoryLedger.Account account = Objects.requireNonNull(others);
        account.close();
        account.take((long) (broker.broker().ledger().limitBytes() * share));
    }

    private static boolean isStalledByOverload(SubscribeResponse frame) {
        return frame.getHeartbeat().getStallReason() == StallReason.STALL_REASON_OVERLOAD;
    }

    private static void refusedForMemory(Throwable failure) {
        assertThat(StatusCodec.toRefusal(failure))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.MEMORY_EXHAUSTED));
        assertThat(StatusCodec.retryDelay(failure))
                .hasValueSatisfying(
                        delay -> assertThat(delay).isBetween(Duration.ofMillis(500), Duration.ofMillis(1_500)));
    }
}
