// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.at;
import static io.millrace.broker.SubscribeCall.earliest;
import static io.millrace.broker.SubscribeCall.latest;
import static io.millrace.broker.SubscribeCall.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.ManagedChannel;
import io.grpc.protobuf.StatusProto;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.CommitCursorRequest;
import io.millrace.v1.Credit;
import io.millrace.v1.EndPosition;
import io.millrace.v1.Place;
import io.millrace.v1.Position;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.SlowConsumerPolicy;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.wire.StatusCodec;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bad input to a subscription: each ends with its own code, reason and advice, and leaves the log as it was. The fixture
 * checks that streams and ledger are back at zero.
 */
class SubscribeRefusalTest {
    private static final int EVENTS = 100;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    @BeforeEach
    void someEventsAreThere() {
        broker.append(0, EVENTS);
        broker.createTopic(new TopicName("other"), 1);
    }

    @AfterEach
    void theLogIsAsItWas() {
        assertThat(broker.log()
                        .bounds(new TopicPartition(BrokerFixture.TOPIC, 0))
                        .block(BrokerFixture.PATIENCE))
                .isEqualTo(new PartitionBounds(0, EVENTS));
    }

    static Stream<Arguments> wrongOpenings() {
        return Stream.of(
                opening("no topic", Reason.REQUEST_INVALID, ReadSpec.newBuilder()),
                opening("an unknown topic", Reason.TOPIC_NOT_FOUND, topic("missing")),
                opening("an illegal topic name", Reason.TOPIC_NAME_INVALID, topic("no such name!")),
                opening("a name of 250 characters", Reason.TOPIC_NAME_INVALID, topic("x".repeat(250))),
                opening("another namespace", Reason.NOT_SUPPORTED, topic("namespaces/eu/topics/orders")),
                opening(
                        "a topic that is there and one that is not",
                        Reason.TOPIC_NOT_FOUND,
                        topic("orders").addTopics("missing")),
                opening("a wildcard for a part of a level", Reason.TOPIC_NAME_INVALID, topic("order*")),
                opening("the rest before the end", Reason.TOPIC_NAME_INVALID, topic("orders.>.eu")),
                opening("an empty level", Reason.TOPIC_NAME_INVALID, topic("orders..*")),
                opening("a pattern of another namespace", Reason.NOT_SUPPORTED, topic("namespaces/eu/topics/*")),
                opening(
                        "an offset without its topic where several are read",
                        Reason.REQUEST_INVALID,
                        topic("orders").addTopics("other").setStart(offsets(0, 1))),
                opening(
                        "a filter that is none",
                        Reason.FILTER_INVALID,
                        topic("orders").setFilter("event.typ == 'x'")),
                opening(
                        "a filter of the newest of each key",
                        Reason.NOT_SUPPORTED,
                        topic("orders")
                                .setFilter("event.type == 'x'")
                                .setSlowConsumerPolicy(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE)),
                opening("headers only", Reason.NOT_SUPPORTED, topic("orders").setHeadersOnly(true)),
                opening(
                        "an interval of conflation without conflation",
                        Reason.REQUEST_INVALID,
                        topic("orders").setConflateInterval(Duration.getDefaultInstance())),
                opening(
                        "a negative interval of conflation",
                        Reason.REQUEST_INVALID,
                        topic("orders")
                                .setSlowConsumerPolicy(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE)
                                .setConflateInterval(Duration.newBuilder().setSeconds(-1))),
                opening(
                        "a policy from the future",
                        Reason.NOT_SUPPORTED,
                        topic("orders").setSlowConsumerPolicyValue(99)),
                opening(
                        "a snapshot",
                        Reason.NOT_SUPPORTED,
                        start(StartPosition.newBuilder().setSnapshot(StartPosition.Snapshot.getDefaultInstance()))),
                opening(
                        "a stored cursor",
                        Reason.NOT_SUPPORTED,
                        start(StartPosition.newBuilder().setStoredCursor("c"))),
                opening(
                        "a negative number of last events",
                        Reason.REQUEST_INVALID,
                        start(StartPosition.newBuilder().setLastCount(-1))),
                opening("no offsets", Reason.REQUEST_INVALID, start(offsets())),
                opening("an offset behind the end", Reason.OFFSET_OUT_OF_RANGE, start(offsets(0, EVENTS + 1))),
                opening("a negative offset", Reason.OFFSET_OUT_OF_RANGE, start(offsets(0, -1))),
                opening("a partition that is not there", Reason.PARTITION_NOT_FOUND, start(offsets(1, 0))),
                opening("a negative partition", Reason.PARTITION_NOT_FOUND, start(offsets(-1, 0))),
                opening(
                        "two offsets of one partition",
                        Reason.REQUEST_INVALID,
                        start(StartPosition.newBuilder()
                                .setOffsets(StartPosition.Offsets.newBuilder()
                                        .addPositions(Position.newBuilder().setOffset(1))
                                        .addPositions(Position.newBuilder().setOffset(2))))),
                opening(
                        "a time outside the years 1 to 9999",
                        Reason.EVENT_INVALID,
                        start(StartPosition.newBuilder()
                                .setTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)))),
                opening(
                        "an end in a partition that is not there",
                        Reason.PARTITION_NOT_FOUND,
                        topic("orders")
                                .setEnd(EndPosition.newBuilder()
                                        .setOffsets(offsets(7, 1).getOffsets()))),
                opening(
                        "a place without a token",
                        Reason.CURSOR_INVALID,
                        topic("orders")
                                .setStart(
                                        at(Place.newBuilder().setTopic("orders").build()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongOpenings")
    void aWrongOpeningIsRefusedWithItsReason(ReadSpec spec, Reason reason) {
        SubscribeCall call = SubscribeCall.on(broker.channel()).open(spec, null);

        expect(call, reason);
    }

    static Stream<Arguments> wrongFrames() {
        return Stream.of(
                frames("credit before the opening", Reason.FRAME_OUT_OF_ORDER, call -> call.credit(1)),
                frames(
                        "a seek before the opening",
                        Reason.FRAME_OUT_OF_ORDER,
                        call -> call.send(SubscribeRequest.newBuilder()
                                .setSeek(earliest())
                                .build())),
                frames(
                        "two openings",
                        Reason.FRAME_OUT_OF_ORDER,
                        call -> call.open(spec(latest()).build(), null)
                                .open(spec(latest()).build(), null)),
                frames(
                        "an empty frame",
                        Reason.REQUEST_INVALID,
                        call -> call.send(SubscribeRequest.getDefaultInstance())),
                frames(
                        "a credential",
                        Reason.NOT_SUPPORTED,
                        call -> call.send(SubscribeRequest.newBuilder()
                                .setBearerToken("t")
                                .build())),
                frames(
                        "negative credit",
                        Reason.REQUEST_INVALID,
                        call -> call.open(spec(latest()).build(), null).credit(-1)),
                frames(
                        "negative first credit",
                        Reason.REQUEST_INVALID,
                        call -> call.open(
                                spec(latest()).build(),
                                Credit.newBuilder().setEvents(-1).build())),
                frames("nothing at all", Reason.OPEN_TIMEOUT, call -> {}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongFrames")
    void wrongFramesAreRefusedWithTheirReason(Consumer<SubscribeCall> frames, Reason reason) {
        SubscribeCall call = SubscribeCall.on(broker.channel());
        frames.accept(call);

        expect(call, reason);
    }

    @Test
    void aTamperedCursorIsRefused() {
        Place place = placeOf("orders");
        byte[] token = place.getToken().toByteArray();
        for (int i = 0; i < token.length; i++) {
            byte[] altered = token.clone();
            altered[i] ^= 0x10;
            expect(
                    SubscribeCall.open(
                            broker.channel(),
                            at(place.toBuilder()
                                    .setToken(ByteString.copyFrom(altered))
                                    .build())),
                    Reason.CURSOR_INVALID);
        }
        expect(
                SubscribeCall.open(
                        broker.channel(), at(place.toBuilder().setPartition(1).build())),
                Reason.CURSOR_INVALID);
        expect(
                SubscribeCall.open(
                        broker.channel(), at(place.toBuilder().setNextOffset(-5).build())),
                Reason.CURSOR_INVALID);
    }

    @Test
    void aCursorOfAnotherTopicIsRefused() {
        expect(SubscribeCall.open(broker.channel(), at(placeOf("other"))), Reason.CURSOR_FOREIGN);
    }

    @Test
    void aCursorBehindTheEndIsRefused() {
        Place future = placeOf("orders").toBuilder().setNextOffset(EVENTS + 1).build();
        expect(SubscribeCall.open(broker.channel(), at(future)), Reason.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void aCursorOfATopicThatWasMadeAgainIsRefused() {
        Place old = placeOf("other");
        TopicName other = new TopicName("other");
        broker.log().topics().delete(other).block(BrokerFixture.PATIENCE);
        broker.createTopic(other, 1);

        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(topic("other").setStart(at(old)).build(), null);
        expect(call, Reason.TOPIC_RECREATED);
    }

    @Test
    void aClientThatVanishesLeavesNothingBehind() throws InterruptedException {
        ManagedChannel channel = broker.newChannel();
        SubscribeCall call = SubscribeCall.open(channel, earliest());
        call.next(FrameCase.OPENED);
        call.numbers(EVENTS);
        channel.shutdownNow();

        await().atMost(BrokerFixture.PATIENCE).until(() -> broker.broker().streams() == 0);
    }

    @Test
    void whatIsNotBuiltYetIsRefusedAndNotIgnored() {
        var blocking = SubscriberServiceGrpc.newBlockingStub(broker.channel());
        expect(failureOf(() -> blocking.commitCursor(CommitCursorRequest.getDefaultInstance())), Reason.NOT_SUPPORTED);
        expect(
                failureOf(() -> blocking.read(ReadRequest.newBuilder()
                        .setSpec(spec(earliest()))
                        .setReverse(true)
                        .build())),
                Reason.NOT_SUPPORTED);
        expect(
                failureOf(() -> blocking.read(ReadRequest.newBuilder()
                        .setSpec(spec(earliest())
                                .setSlowConsumerPolicy(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE))
                        .build())),
                Reason.NOT_SUPPORTED);
    }

    private Place placeOf(String topic) {
        try (SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(topic(topic).setStart(earliest()).build(), null)) {
            return call.next(FrameCase.OPENED).getOpened().getStart().getPlaces(0);
        }
    }

    private static void expect(SubscribeCall call, Reason reason) {
        assertThat(call.end().getCode().name()).isEqualTo(reason.code().name());
        expect(call.failure(), reason);
    }

    /** Code, reason, advice, and whether a retry helps. */
    private static void expect(Throwable failure, Reason reason) {
        Status status = StatusProto.fromThrowable(failure);
        assertThat(StatusCodec.toRefusal(failure))
                .hasValueSatisfying(refusal ->
                        assertThat(refusal.reason()).as(failure.getMessage()).isEqualTo(reason));
        assertThat(status.getMessage()).endsWith(reason.advice());
        assertThat(status.getDetailsList().stream().anyMatch(detail -> detail.is(ErrorInfo.class)))
                .isTrue();
        assertThat(status.getDetailsList().stream().anyMatch(detail -> detail.is(RetryInfo.class)))
                .isEqualTo(reason.retryable());
    }

    private static Throwable failureOf(Runnable call) {
        return catchThrowable(call::run);
    }

    private static Arguments opening(String what, Reason reason, ReadSpec.Builder spec) {
        return Arguments.of(Named.of(what, spec.build()), reason);
    }

    private static Arguments frames(String what, Reason reason, Consumer<SubscribeCall> frames) {
        return Arguments.of(Named.of(what, frames), reason);
    }

    private static ReadSpec.Builder topic(String topic) {
        return ReadSpec.newBuilder().addTopics(topic);
    }

    private static ReadSpec.Builder start(StartPosition.Builder start) {
        return topic("orders").setStart(start);
    }

    private static StartPosition.Builder offsets() {
        return StartPosition.newBuilder().setOffsets(StartPosition.Offsets.getDefaultInstance());
    }

    private static StartPosition.Builder offsets(int partition, long offset) {
        return StartPosition.newBuilder()
                .setOffsets(StartPosition.Offsets.newBuilder()
                        .addPositions(
                                Position.newBuilder().setPartition(partition).setOffset(offset)));
    }
}
