// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.at;
import static io.millrace.broker.SubscribeCall.earliest;
import static io.millrace.broker.SubscribeCall.latest;
import static io.millrace.broker.SubscribeCall.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Timestamps;
import io.grpc.Status;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicUpdate;
import io.millrace.v1.Credit;
import io.millrace.v1.Cursor;
import io.millrace.v1.DrainReason;
import io.millrace.v1.EndPosition;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ExpiredStartPolicy;
import io.millrace.v1.GapReason;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.Place;
import io.millrace.v1.Position;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.SlowConsumerPolicy;
import io.millrace.v1.StallReason;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.v1.TailRequest;
import io.millrace.v1.TailResponse;
import io.millrace.wire.StatusCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SubscribeTest {
    /** More than the fixture's rings hold. */
    private static final int MORE_THAN_THE_RING = 20_000;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    @Test
    void aReaderFromTheBeginningGetsHistoryThenTheWordThatItIsLiveThenNewEvents() {
        broker.append(0, 100);
        SubscribeCall call = SubscribeCall.open(broker.channel(), earliest());

        assertThat(call.next(FrameCase.OPENED)
                        .getOpened()
                        .getStart()
                        .getPlaces(0)
                        .getNextOffset())
                .isZero();
        assertThat(call.numbers(100)).isEqualTo(range(0, 100));
        assertThat(call.next(FrameCase.CAUGHT_UP)
                        .getCaughtUp()
                        .getCursor()
                        .getPlaces(0)
                        .getNextOffset())
                .isEqualTo(100);
        broker.append(100, 110);
        assertThat(call.numbers(10)).isEqualTo(range(100, 110));
    }

    @Test
    void aReaderFromNowGetsOnlyWhatIsPublishedAfterItHasOpened() {
        broker.append(0, 100);
        SubscribeCall call = SubscribeCall.open(broker.channel(), latest());
        call.next(FrameCase.OPENED);
        broker.append(100, 200);

        assertThat(call.numbers(100)).isEqualTo(range(100, 200));
    }

    @Test
    void anEmptyTopicIsCaughtUpAtOnce() {
        SubscribeCall call = SubscribeCall.open(broker.channel(), earliest());
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
    }

    @Test
    void historyThatLiesOutsideTheRingIsReadFromTheLogAndJoinsLiveExactly() {
        try (SubscribeCall first = SubscribeCall.open(broker.channel(), latest())) {
            first.next(FrameCase.OPENED);
            broker.append(0, MORE_THAN_THE_RING);
            SubscribeCall call = SubscribeCall.open(broker.channel(), earliest());
            CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> IntStream.range(0, 100)
                    .forEach(i -> broker.append(MORE_THAN_THE_RING + i * 10, MORE_THAN_THE_RING + i * 10 + 10)));
            call.next(FrameCase.OPENED);

            assertThat(call.numbers(MORE_THAN_THE_RING + 1000)).isEqualTo(range(0, MORE_THAN_THE_RING + 1000));
            publishing.join();
        }
    }

    @Test
    void aCursorResumesInTheMiddleOfABatch() {
        broker.append(0, 100);
        SubscribeCall first = SubscribeCall.open(broker.channel(), earliest());
        first.next(FrameCase.OPENED);
        Place behindTheBatch = first.next(FrameCase.BATCH).getBatch().getPlace();
        first.close();
        Place middle = behindTheBatch.toBuilder().setNextOffset(37).build();

        SubscribeCall second = SubscribeCall.open(broker.channel(), at(middle));
        second.next(FrameCase.OPENED);
        assertThat(second.numbers(63)).isEqualTo(range(37, 100));
    }

    @Test
    void readsBeginAtATimeAnOffsetOrTheLastEvents() {
        broker.append(0, 50);
        Instant middle = Instant.now().plusMillis(2);
        await().until(() -> Instant.now().isAfter(middle));
        broker.append(50, 100);

        assertThat(firstNumber(StartPosition.newBuilder()
                        .setTime(Timestamps.fromMillis(middle.toEpochMilli()))
                        .build()))
                .isEqualTo(50);
        assertThat(firstNumber(StartPosition.newBuilder().setLastCount(10).build()))
                .isEqualTo(90);
        assertThat(firstNumber(StartPosition.newBuilder().setLastCount(1000).build()))
                .isZero();
        assertThat(firstNumber(offset(42))).isEqualTo(42);
    }

    @Test
    void aReadWithAnEndStopsThereSaysItsLastPlaceAndCompletes() {
        broker.append(0, 100);
        for (EndPosition end : List.of(
                EndPosition.newBuilder().setOffsets(offset(60).getOffsets()).build(),
                EndPosition.newBuilder()
                        .setLiveEnd(EndPosition.LiveEnd.getDefaultInstance())
                        .build())) {
            int last = end.hasLiveEnd() ? 100 : 60;
            SubscribeCall call = SubscribeCall.on(broker.channel())
                    .open(spec(earliest()).setEnd(end).build(), null);
            call.next(FrameCase.OPENED);
            assertThat(call.numbers(last)).isEqualTo(range(0, last));
            assertThat(call.next(FrameCase.HEARTBEAT)
                            .getHeartbeat()
                            .getCursor()
                            .getPlaces(0)
                            .getNextOffset())
                    .isEqualTo(last);
            assertThat(call.end().getCode()).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void aReadThatEndsInTheFutureCompletesWhenThatTimeHasCome() {
        broker.append(0, 10);
        Instant end = Instant.now().plusMillis(700);
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(
                        spec(earliest())
                                .setEnd(EndPosition.newBuilder().setTime(Timestamps.fromMillis(end.toEpochMilli())))
                                .build(),
                        null);
        call.next(FrameCase.OPENED);
        assertThat(call.numbers(10)).isEqualTo(range(0, 10));
        broker.append(10, 20);
        assertThat(call.numbers(10)).isEqualTo(range(10, 20));

        assertThat(call.end().getCode()).isEqualTo(Status.Code.OK);
        assertThat(Instant.now()).isAfterOrEqualTo(end);
    }

    @Test
    void severalPartitionsAreReadEachInItsOrderAndAreCaughtUpTogether() {
        TopicName wide = new TopicName("wide");
        broker.createTopic(wide, 5);
        broker.append(wide, 0, 5_000);
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(
                        ReadSpec.newBuilder()
                                .addTopics("wide")
                                .setStart(earliest())
                                .build(),
                        null);

        assertThat(call.next(FrameCase.OPENED).getOpened().getStart().getPlacesCount())
                .isEqualTo(5);
        Set<Integer> numbers = new HashSet<>(call.numbers(5_000));
        assertThat(numbers).hasSize(5_000);
        assertThat(call.next(FrameCase.CAUGHT_UP).getCaughtUp().getCursor().getPlacesCount())
                .isEqualTo(5);
    }

    @Test
    void noEventComesWithoutCreditAndHeartbeatsSayWhy() {
        broker.append(0, 100);
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(spec(earliest()).build(), Credit.newBuilder().setEvents(7).build());
        call.next(FrameCase.OPENED);

        assertThat(call.numbers(7)).isEqualTo(range(0, 7));
        Heartbeat heartbeat = call.next(FrameCase.HEARTBEAT).getHeartbeat();
        assertThat(heartbeat.getStallReason()).isEqualTo(StallReason.STALL_REASON_NO_CREDIT);
        assertThat(heartbeat.getCreditLeft().getEvents()).isZero();
        assertThat(heartbeat.getCreditLeft().hasBytes()).isFalse();
        call.expectSilence();
        call.credit(5);
        assertThat(call.numbers(5)).isEqualTo(range(7, 12));
        call.expectSilence();
    }

    @Test
    void bytesOfCreditAreSpentAsTheBatchSaysAndOneEventMayOverdrawThem() {
        broker.append(0, 100);
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(spec(earliest()).build(), Credit.newBuilder().setBytes(1).build());
        call.next(FrameCase.OPENED);

        EventBatch batch = call.next(FrameCase.BATCH).getBatch();
        assertThat(batch.getEventsCount()).isEqualTo(1);
        call.expectSilence();
        call.send(SubscribeRequest.newBuilder()
                .setCredit(Credit.newBuilder().setBytes(batch.getCreditBytes() * 3))
                .build());
        assertThat(call.numbers(2)).isEqualTo(range(1, 3));
        call.expectSilence();
    }

    @Test
    void aSilentStreamSaysThatThereIsNothingNew() {
        SubscribeCall call = SubscribeCall.open(broker.channel(), latest());
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);

        assertThat(call.next(FrameCase.HEARTBEAT).getHeartbeat().getStallReason())
                .isEqualTo(StallReason.STALL_REASON_NO_DATA);
    }

    @Test
    void aReaderThatFallsOffTheRingIsToldAndContinuesFromTheLogWithoutAGap() {
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(spec(latest()).build(), Credit.newBuilder().setEvents(0).build());
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        broker.append(0, MORE_THAN_THE_RING);
        call.credit(Integer.MAX_VALUE);

        List<Integer> numbers = new ArrayList<>();
        List<FrameCase> news = new ArrayList<>();
        while (numbers.size() < MORE_THAN_THE_RING || !news.contains(FrameCase.CAUGHT_UP)) {
            var frame = call.next();
            if (frame.hasBatch()) {
                numbers.addAll(SubscribeCall.numbers(frame.getBatch()));
            } else if (!frame.hasHeartbeat()) {
                news.add(frame.getFrameCase());
            }
        }
        assertThat(numbers).isEqualTo(range(0, MORE_THAN_THE_RING));
        assertThat(news).containsExactly(FrameCase.FELL_BEHIND, FrameCase.CAUGHT_UP);
    }

    @Test
    void aReaderThatAskedForItIsDisconnectedInsteadOfFallingBehind() {
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(
                        latest(),
                        SlowConsumerPolicy.SLOW_CONSUMER_POLICY_DISCONNECT,
                        Credit.newBuilder().setEvents(1).build());
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        broker.append(0, MORE_THAN_THE_RING);

        assertThat(call.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(StatusCodec.toRefusal(call.failure()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.SLOW_CONSUMER));
    }

    @Test
    void aSeekGoesOnFromAnotherPlaceOnTheSameStream() {
        broker.append(0, 100);
        SubscribeCall call = SubscribeCall.open(broker.channel(), earliest());
        call.next(FrameCase.OPENED);
        assertThat(call.numbers(100)).isEqualTo(range(0, 100));
        call.next(FrameCase.CAUGHT_UP);
        call.send(SubscribeRequest.newBuilder().setSeek(offset(90)).build());

        call.next(FrameCase.OPENED);
        assertThat(call.numbers(10)).isEqualTo(range(90, 100));
    }

    @Test
    void aStalledReaderDoesNotDelayTheOthers() {
        SubscribeCall stalled = SubscribeCall.stalled(broker.newChannel());
        stalled.open(spec(latest()).build(), null);
        SubscribeCall quick = SubscribeCall.open(broker.channel(), latest());
        stalled.next(FrameCase.OPENED);
        quick.next(FrameCase.OPENED);
        for (int i = 0; i < 10; i++) {
            broker.append(i * MORE_THAN_THE_RING, (i + 1) * MORE_THAN_THE_RING);
        }

        assertThat(quick.numbers(10 * MORE_THAN_THE_RING)).isEqualTo(range(0, 10 * MORE_THAN_THE_RING));
        assertThat(stalled.numbers(10 * MORE_THAN_THE_RING)).isEqualTo(range(0, 10 * MORE_THAN_THE_RING));
        stalled.close();
    }

    @Test
    void aTailIsASubscriptionInOneRequest() {
        broker.append(0, 100);
        Iterator<TailResponse> frames = SubscriberServiceGrpc.newBlockingStub(broker.channel())
                .tail(TailRequest.newBuilder().setSpec(spec(earliest())).build());

        List<Integer> numbers = new ArrayList<>();
        while (numbers.size() < 100) {
            var frame = frames.next().getResponse();
            if (frame.hasBatch()) {
                numbers.addAll(SubscribeCall.numbers(frame.getBatch()));
            }
        }
        assertThat(numbers).isEqualTo(range(0, 100));
    }

    @Test
    void aClientThatEndsItsHalfGoesOnReceiving() {
        SubscribeCall call = SubscribeCall.open(broker.channel(), latest());
        call.halfClose();
        call.next(FrameCase.OPENED);
        broker.append(0, 10);
        assertThat(call.numbers(10)).isEqualTo(range(0, 10));
    }

    @Test
    void aBrokerThatStopsAsksReadersToMoveAndEndsThemWithACursorToResumeAt() {
        broker.append(0, 10);
        SubscribeCall call = SubscribeCall.open(broker.channel(), earliest());
        call.next(FrameCase.OPENED);
        call.numbers(10);
        call.next(FrameCase.CAUGHT_UP);
        CompletableFuture<Void> closing =
                CompletableFuture.runAsync(() -> broker.broker().close());

        var draining = call.next(FrameCase.DRAINING).getDraining();
        assertThat(draining.getReason()).isEqualTo(DrainReason.DRAIN_REASON_SHUTDOWN);
        Cursor cursor = draining.getCursor();
        assertThat(cursor.getPlaces(0).getNextOffset()).isEqualTo(10);
        assertThat(call.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(StatusCodec.retryDelay(call.failure())).isPresent();
        closing.join();
    }

    @Test
    void aTopicThatIsDeletedEndsItsReaders() {
        SubscribeCall call = SubscribeCall.open(broker.channel(), latest());
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        broker.log().topics().delete(BrokerFixture.TOPIC).block(BrokerFixture.PATIENCE);

        assertThat(call.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aPlaceThatRetentionRemovedIsAnErrorOrAGapAsTheReaderChose() {
        broker.append(0, 10);
        Place place = firstPlace();
        TopicName brief = BrokerFixture.TOPIC;
        broker.log()
                .topics()
                .update(brief, new TopicUpdate(OptionalInt.empty(), Map.of("retention.bytes", "10000"), Set.of()))
                .block(BrokerFixture.PATIENCE);
        for (int i = 1; i < 50; i++) {
            broker.append(i * 1000, i * 1000 + 1000);
        }
        StartPosition start = at(place);
        SubscribeCall failing = SubscribeCall.open(broker.channel(), start);
        assertThat(failing.end().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(StatusCodec.toRefusal(failing.failure()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CURSOR_EXPIRED));

        SubscribeCall going = SubscribeCall.open(
                broker.channel(),
                start.toBuilder()
                        .setExpiredStartPolicy(ExpiredStartPolicy.EXPIRED_START_POLICY_EARLIEST)
                        .build());
        going.next(FrameCase.OPENED);
        var gap = going.next(FrameCase.GAP).getGap();
        assertThat(gap.getReason()).isEqualTo(GapReason.GAP_REASON_RETENTION);
        assertThat(gap.getFrom().getOffset()).isEqualTo(place.getNextOffset());
        assertThat(going.next(FrameCase.BATCH).getBatch().getEvents(0).getOffset())
                .isEqualTo(gap.getTo().getOffset());
    }

    private Place firstPlace() {
        try (SubscribeCall call = SubscribeCall.open(broker.channel(), earliest())) {
            return call.next(FrameCase.OPENED).getOpened().getStart().getPlaces(0);
        }
    }

    private int firstNumber(StartPosition start) {
        try (SubscribeCall call = SubscribeCall.open(broker.channel(), start)) {
            call.next(FrameCase.OPENED);
            return call.numbers(1).get(0);
        }
    }

    private static StartPosition offset(long offset) {
        return StartPosition.newBuilder()
                .setOffsets(StartPosition.Offsets.newBuilder()
                        .addPositions(Position.newBuilder().setOffset(offset)))
                .build();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
