// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.millrace.core.log.LogBatch;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.Event;
import io.millrace.v1.ProducerIdentity;
import io.millrace.v1.PublishAck;
import io.millrace.v1.PublishBatch;
import io.millrace.v1.PublishEntry;
import io.millrace.v1.PublishOpened;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.millrace.v1.PublisherServiceGrpc;
import io.millrace.v1.StallReason;
import io.millrace.wire.StatusCodec;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PublishStreamTest {
    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    @Test
    void everyEventIsAcknowledgedInOrderWithItsPlace() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        PublishOpened opened = call.next().getOpened();
        assertThat(opened.getFirstUnsettledSequence()).isEqualTo(1);
        assertThat(opened.getCredit().getEvents()).isEqualTo(4_096);
        assertThat(opened.getLimits().getMaxEventBytes()).isEqualTo(1024 * 1024);

        for (int i = 0; i < 100; i++) {
            call.batch(1 + i * 40, 40);
        }
        assertThat(call.offsets(4000))
                .containsExactlyElementsOf(LongStream.range(0, 4000).boxed().toList());
        assertThat(stored())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 4000).mapToObj(Long::toString).toList());
        call.halfClose();
        assertThat(call.end()).isEqualTo(Status.OK);
    }

    @Test
    void aPublisherThatEndsItsHalfGetsAllItsAnswersFirst() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        for (int i = 0; i < 20; i++) {
            call.batch(1 + i * 200, 200);
        }
        call.halfClose();

        assertThat(call.offsets(4_000)).hasSize(4_000);
        assertThat(call.end()).isEqualTo(Status.OK);
    }

    @Test
    void creditComesBackAsEventsAreSettledSoAStreamNeverEnds() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        long events = call.next().getOpened().getCredit().getEvents();
        long sequence = 1;
        long acknowledged = 0;
        while (acknowledged < 200_000) {
            while (events >= 1000 && sequence < 200_000) {
                call.batch(sequence, 1000);
                sequence += 1000;
                events -= 1000;
            }
            PublishStreamResponse frame = call.next();
            acknowledged += frame.getAck().getOffsetsCount();
            events += frame.getCredit().getEvents();
        }
        assertThat(acknowledged).isEqualTo(200_000);
        call.halfClose();
        assertThat(call.end()).isEqualTo(Status.OK);
    }

    @Test
    void anEventThatIsTooLargeIsRefusedAloneAndItsNeighboursAreStored() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        call.batch(1, List.of(PublishCall.event("a"), PublishCall.event(1024 * 1024 + 1), PublishCall.event("b")));

        PublishAck ack = call.ack();
        assertThat(ack.getOffsetsList()).containsExactly(0L, -1L, 1L);
        assertThat(ack.getPartitionsList()).containsExactly(0, -1, 0);
        assertThat(ack.getFailures(0).getSequence()).isEqualTo(2);
        assertThat(StatusCodec.toRefusal(ack.getFailures(0).getError()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.EVENT_TOO_LARGE));
        assertThat(stored()).containsExactly("a", "b");
    }

    @Test
    void whatWouldHaveToBeIgnoredIsRefusedAlone() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        call.batch(
                1,
                List.of(
                        Event.newBuilder()
                                .setTimeToLive(Duration.newBuilder().setSeconds(1))
                                .build(),
                        Event.newBuilder()
                                .setDeliverAt(Timestamp.getDefaultInstance())
                                .build(),
                        PublishCall.event("a")));

        PublishAck ack = call.ack();
        assertThat(ack.getOffsetsList()).containsExactly(-1L, -1L, 0L);
        assertThat(ack.getFailuresList())
                .allSatisfy(failure -> assertThat(StatusCodec.toRefusal(failure.getError()))
                        .hasValueSatisfying(
                                refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NOT_SUPPORTED)));
    }

    @Test
    void eventsWithoutIdTypeAndSourceAreCompleted() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        call.batch(1, 2);
        call.ack();

        var events = read().events();
        assertThat(events.get(0).event().id())
                .isNotEmpty()
                .isNotEqualTo(events.get(1).event().id());
        assertThat(events.get(0).event().type()).isEqualTo("millrace.event");
        assertThat(events.get(0).event().source()).isNotEmpty();
    }

    @Test
    void aSilentPublisherIsToldThatTheServerIsThere() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        assertThat(call.heartbeat().getHeartbeat().getStallReason()).isEqualTo(StallReason.STALL_REASON_NO_DATA);
    }

    @Test
    void aPublisherThatVanishesLeavesNothingBehind() {
        PublishCall call = PublishCall.open(broker.channel(), "orders");
        call.next();
        call.batch(1, 1000);
        call.vanish();
        await().atMost(BrokerFixture.PATIENCE).until(() -> broker.broker().streams() == 0);
    }

    @Test
    void wrongFramesEndTheStreamWithTheirReasonAndStoreNothingMore() {
        refused(call -> call.batch(1, 1), Reason.FRAME_OUT_OF_ORDER);
        refused(call -> call.open("orders").open("orders"), Reason.FRAME_OUT_OF_ORDER);
        refused(call -> call.send(PublishStreamRequest.getDefaultInstance()), Reason.REQUEST_INVALID);
        refused(
                call -> call.send(
                        PublishStreamRequest.newBuilder().setBearerToken("t").build()),
                Reason.NOT_SUPPORTED);
        refused(call -> call.open("no such topic!"), Reason.TOPIC_NAME_INVALID);
        refused(call -> call.open("__millrace_publishers"), Reason.TOPIC_RESERVED);
        refused(call -> call.open("missing"), Reason.TOPIC_NOT_FOUND);
        refused(call -> call.openAs("no such producer!", "orders"), Reason.REQUEST_INVALID);
        refused(call -> opened(call).batch(2, 1), Reason.SEQUENCE_OUT_OF_ORDER);
        refused(call -> opened(call).batch(1, 0), Reason.REQUEST_INVALID);
        refused(call -> opened(call, "").batch(1, 1), Reason.REQUEST_INVALID);
        refused(PublishStreamTest::overdraw, Reason.CREDIT_EXCEEDED);
        refused(call -> {}, Reason.OPEN_TIMEOUT);
    }

    @Test
    void aBatchForAMissingTopicFailsItsEventsAndNotTheStream() {
        PublishCall call = opened(PublishCall.on(broker.channel()), "");
        call.send(PublishStreamRequest.newBuilder()
                .setBatch(PublishBatch.newBuilder()
                        .setFirstSequence(1)
                        .setTopic("missing")
                        .addEvents(PublishCall.event("a")))
                .build());
        assertThat(StatusCodec.toRefusal(call.ack().getFailures(0).getError()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TOPIC_NOT_FOUND));
        call.send(PublishStreamRequest.newBuilder()
                .setBatch(PublishBatch.newBuilder()
                        .setFirstSequence(2)
                        .setTopic("orders")
                        .addEvents(PublishCall.event("b")))
                .build());
        assertThat(call.offsets(1)).containsExactly(0L);
    }

    @Test
    void aPublisherWhoNamesItselfGoesOnWhereItsLastStreamEnded() {
        PublishCall first = named("p");
        first.batch(1, 3);
        assertThat(first.ack().getOffsetsList()).containsExactly(0L, 1L, 2L);
        first.vanish();

        PublishCall second = PublishCall.on(broker.channel()).openAs("p", "orders");
        assertThat(second.next().getOpened().getFirstUnsettledSequence()).isEqualTo(4);
        second.batch(2, 4);

        PublishAck ack = second.ack();
        assertThat(ack.getFirstSequence()).isEqualTo(2);
        assertThat(ack.getOffsetsList()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(ack.getDuplicateSequencesList()).containsExactly(2L, 3L);
        assertThat(stored()).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void repeatsMayLeaveSequencesOutAndNewEventsMayNot() {
        PublishCall first = named("p");
        first.batch(1, 10);
        first.ack();

        PublishCall second = named("p");
        second.batch(2, 1);
        second.batch(5, 2);
        assertThat(second.offsets(3)).containsExactly(1L, 4L, 5L);
        second.batch(11, 1);
        assertThat(second.offsets(1)).containsExactly(10L);
        second.batch(13, 1);

        assertThat(StatusCodec.toRefusal(second.failure()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.SEQUENCE_OUT_OF_ORDER));
    }

    @Test
    void theSecondStreamOfAPublisherFencesTheFirst() {
        PublishCall first = named("p");
        first.batch(1, 1);
        first.ack();
        PublishCall second = named("p");

        first.batch(2, 1);

        assertThat(StatusCodec.toRefusal(first.failure()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.PRODUCER_FENCED));
        second.batch(2, 1);
        assertThat(second.offsets(1)).containsExactly(1L);
        assertThat(stored()).containsExactly("1", "2");
    }

    @Test
    void anEventThatIsRefusedKeepsItsSequence() {
        PublishCall first = named("p");
        first.batch(1, List.of(PublishCall.event("1"), PublishCall.event(1 << 20), PublishCall.event("3")));
        PublishAck ack = first.ack();
        first.vanish();
        PublishCall second = named("p");
        second.batch(2, List.of(PublishCall.event(1 << 20), PublishCall.event("3"), PublishCall.event("4")));
        PublishAck again = second.ack();

        assertThat(ack.getFailuresList()).extracting(f -> f.getSequence()).containsExactly(2L);
        assertThat(again.getFailuresList()).extracting(f -> f.getSequence()).containsExactly(2L);
        assertThat(again.getOffsetsList()).containsExactly(-1L, 1L, 2L);
        assertThat(stored()).containsExactly("1", "3", "4");
    }

    @Test
    void aPublishRequestAnswersEachEntryInOrder() {
        PublishResponse response = PublisherServiceGrpc.newBlockingStub(broker.channel())
                .publish(PublishRequest.newBuilder()
                        .setTopic("orders")
                        .addEntries(entry(PublishCall.event("a")))
                        .addEntries(entry(PublishCall.event(2 * 1024 * 1024 - 1024)))
                        .addEntries(entry(PublishCall.event("b")))
                        .build());

        assertThat(response.getResults(0).getPosition().getOffset()).isZero();
        assertThat(StatusCodec.toRefusal(response.getResults(1).getError()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.EVENT_TOO_LARGE));
        assertThat(response.getResults(2).getPosition().getOffset()).isEqualTo(1);
        assertThat(stored()).containsExactly("a", "b");
    }

    @Test
    void aRequestOfAPublisherWhoNamesItselfIsStoredOnce() {
        PublishResponse first = publishAs("p", 1, "a", "b");
        PublishResponse again = publishAs("p", 1, "a", "b", "c");

        assertThat(first.getResultsList()).noneMatch(result -> result.getDuplicate());
        assertThat(again.getResultsList())
                .extracting(result -> result.getDuplicate())
                .containsExactly(true, true, false);
        assertThat(again.getResultsList())
                .extracting(result -> result.getSequence())
                .containsExactly(1L, 2L, 3L);
        assertThat(again.getResultsList())
                .extracting(result -> result.getPosition().getOffset())
                .containsExactly(0L, 1L, 2L);
        assertThat(stored()).containsExactly("a", "b", "c");
    }

    @Test
    void aRequestOfAPublisherWhoNamesItselfThatCannotBeIsRefused() {
        assertThat(reasonOf(() -> publishAs("p", 2, "a"))).isEqualTo(Reason.SEQUENCE_OUT_OF_ORDER);
        assertThat(reasonOf(() -> publishAs("p", 0, "a"))).isEqualTo(Reason.REQUEST_INVALID);
        assertThat(reasonOf(() -> publishAs("", 1, "a"))).isEqualTo(Reason.REQUEST_INVALID);
        assertThat(reasonOf(() -> publish(PublishRequest.newBuilder()
                        .setProducer(
                                ProducerIdentity.newBuilder().setProducerId("p").setFirstSequence(Long.MAX_VALUE))
                        .addEntries(entry(PublishCall.event("a")).toBuilder().setTopic("orders"))
                        .addEntries(entry(PublishCall.event("b")).toBuilder().setTopic("others")))))
                .isEqualTo(Reason.REQUEST_INVALID);
        assertThat(stored()).isEmpty();
    }

    @Test
    void anAtomicRequestStoresAllOfItsEventsOrNone() {
        PublishRequest.Builder batch =
                PublishRequest.newBuilder().setTopic("orders").setAtomic(true);

        PublishResponse refused = publish(batch.clone()
                .addEntries(entry(PublishCall.event("a")))
                .addEntries(entry(PublishCall.event(1 << 20)))
                .addEntries(entry(PublishCall.event("b")).toBuilder().setTopic("missing")));
        PublishResponse stored = publish(
                batch.clone().addEntries(entry(PublishCall.event("c"))).addEntries(entry(PublishCall.event("d"))));

        assertThat(refused.getResultsList())
                .extracting(result ->
                        StatusCodec.toRefusal(result.getError()).orElseThrow().reason())
                .containsExactly(Reason.BATCH_REFUSED, Reason.EVENT_TOO_LARGE, Reason.TOPIC_NOT_FOUND);
        assertThat(stored.getResultsList())
                .extracting(result -> result.getPosition().getOffset())
                .containsExactly(0L, 1L);
        assertThat(stored()).containsExactly("c", "d");
    }

    @Test
    void anAtomicRequestOfAPublisherWhoNamesItselfIsStoredOnce() {
        PublishRequest.Builder batch = PublishRequest.newBuilder()
                .setTopic("orders")
                .setAtomic(true)
                .setProducer(ProducerIdentity.newBuilder().setProducerId("p").setFirstSequence(1))
                .addEntries(entry(PublishCall.event("a")))
                .addEntries(entry(PublishCall.event("b")));

        publish(batch);
        PublishResponse again = publish(batch);

        assertThat(again.getResultsList()).allMatch(result -> result.getDuplicate());
        assertThat(stored()).containsExactly("a", "b");
    }

    @Test
    void aRequestThatIsOnlyCheckedStoresNothing() {
        PublishResponse response = PublisherServiceGrpc.newBlockingStub(broker.channel())
                .publish(PublishRequest.newBuilder()
                        .setTopic("orders")
                        .setValidateOnly(true)
                        .addEntries(entry(PublishCall.event("a")))
                        .build());

        assertThat(response.getResultsCount()).isEqualTo(1);
        assertThat(response.getResults(0).hasError()).isFalse();
        assertThat(broker.end()).isZero();
    }

    /** More events at once than the window has room for. */
    private static void overdraw(PublishCall call) {
        opened(call).batch(1, Collections.nCopies(65_537, PublishCall.event("")));
    }

    private static PublishCall opened(PublishCall call) {
        return opened(call, "orders");
    }

    private static PublishCall opened(PublishCall call, String topic) {
        call.open(topic);
        assertThat(call.next().hasOpened()).isTrue();
        return call;
    }

    private PublishCall named(String producerId) {
        PublishCall call = PublishCall.on(broker.channel()).openAs(producerId, "orders");
        assertThat(call.next().hasOpened()).isTrue();
        return call;
    }

    private void refused(Consumer<PublishCall> wrong, Reason reason) {
        PublishCall call = PublishCall.on(broker.channel());
        wrong.accept(call);
        assertThat(StatusCodec.toRefusal(call.failure()))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(reason));
        assertThat(call.end().getCode().name()).isEqualTo(reason.code().name());
    }

    private PublishResponse publish(PublishRequest.Builder request) {
        return PublisherServiceGrpc.newBlockingStub(broker.channel()).publish(request.build());
    }

    private PublishResponse publishAs(String producerId, long firstSequence, String... data) {
        return PublisherServiceGrpc.newBlockingStub(broker.channel())
                .publish(PublishRequest.newBuilder()
                        .setTopic("orders")
                        .setProducer(ProducerIdentity.newBuilder()
                                .setProducerId(producerId)
                                .setFirstSequence(firstSequence))
                        .addAllEntries(Stream.of(data)
                                .map(text -> entry(PublishCall.event(text)))
                                .toList())
                        .build());
    }

    private static Reason reasonOf(ThrowingCallable call) {
        return StatusCodec.toRefusal(catchThrowable(call)).orElseThrow().reason();
    }

    private static PublishEntry entry(Event event) {
        return PublishEntry.newBuilder().setEvent(event).build();
    }

    private List<String> stored() {
        TopicPartition partition = new TopicPartition(BrokerFixture.TOPIC, 0);
        return Objects.requireNonNull(broker.log()
                .read(partition, 0, broker.end())
                .flatMapIterable(LogBatch::events)
                .map(event -> Objects.requireNonNull(event.event().data()).utf8())
                .collectList()
                .block(BrokerFixture.PATIENCE));
    }

    private LogBatch read() {
        return Objects.requireNonNull(broker.log()
                .read(new TopicPartition(BrokerFixture.TOPIC, 0), 0, 2)
                .blockFirst(BrokerFixture.PATIENCE));
    }
}
