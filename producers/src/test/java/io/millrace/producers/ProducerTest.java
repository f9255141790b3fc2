// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.client.Backoff;
import io.millrace.client.CuttingProxy;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/** A producer against a server that breaks the rules, one rule at a time. */
class ProducerTest {
    private static final Backoff QUICK = new Backoff(Duration.ofMillis(10), Duration.ofMillis(50));
    private static final Duration SOON = Duration.ofSeconds(10);

    private ScriptedServer server;
    private CuttingProxy proxy;
    private MillraceConnection connection;
    private Producer producer;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedServer.start();
        proxy = CuttingProxy.to(server.port());
        connection = MillraceConnection.builder(proxy.endpoint()).backoff(QUICK).build();
        producer = Producer.to(connection, "orders");
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        proxy.close();
        server.close();
    }

    @Test
    void anEventIsAcknowledgedWithItsPosition() throws Exception {
        CompletableFuture<PublishAck> ack = producer.publish(event("a")).toFuture();
        ScriptedCall call = server.nextCall();
        assertThat(call.open().getTopic()).isEqualTo("namespaces/default/topics/orders");
        call.opened().awaitEvents(1).ack(1, 1);

        PublishAck stored = ack.get();
        assertThat(stored.partition()).isEqualTo(new TopicPartition(new TopicName("orders"), 0));
        assertThat(stored.offset()).isEqualTo(1);
        assertThat(stored.sequence()).isEqualTo(1);
        assertThat(stored.eventId()).isEqualTo(call.events().get(0).getId());
    }

    @Test
    void aServerThatHasForgottenWhatItHasAnsweredFailsAProducerWithAName() throws Exception {
        Producer named =
                Producer.builder(connection, "orders").exactlyOnce("me").build();
        CompletableFuture<PublishAck> answered = named.publish(event("a")).toFuture();
        server.nextCall().opened().awaitEvents(1).ack(1, 1);
        answered.get();
        proxy.cut();

        CompletableFuture<PublishAck> next = named.publish(event("b")).toFuture();
        server.nextCall().opened(10_000, 1 << 20, 1);

        assertThat(failure(next).reason().orElseThrow())
                .as("where it was sent before the connection was cut, nobody knows whether it is stored")
                .isIn(Reason.PRODUCER_FORGOTTEN, Reason.PUBLISH_OUTCOME_UNKNOWN);
        CompletableFuture<PublishAck> later = named.publish(event("c")).toFuture();
        server.nextCall().opened(10_000, 1 << 20, 1);
        assertThat(failure(later).is(Reason.PRODUCER_FORGOTTEN)).isTrue();
        assertThat(server.hasNoFurtherCall()).isTrue();
    }

    @Test
    void whatAnEventLacksIsFilledInAndWhatItHasIsKept() throws Exception {
        producer.publish(event("a")).subscribe();
        producer.publish(event("b").toBuilder()
                        .id("mine")
                        .source("/me")
                        .type("t")
                        .build())
                .subscribe();
        ScriptedCall call = server.nextCall().opened().awaitEvents(2);

        var filled = call.events().get(0);
        assertThat(UUID.fromString(filled.getId()).version()).isEqualTo(7);
        assertThat(filled.getSource()).isEqualTo("millrace-java");
        assertThat(filled.getType()).isEqualTo("millrace.event");
        var kept = call.events().get(1);
        assertThat(List.of(kept.getId(), kept.getSource(), kept.getType())).containsExactly("mine", "/me", "t");
    }

    @Test
    void whatHasGatheredGoesInOneFrame() throws Exception {
        publish(1_000);
        ScriptedCall call = server.nextCall().opened().awaitEvents(1_000);
        assertThat(call.batches()).extracting(b -> b.getEventsCount()).containsExactly(512, 488);
        assertThat(call.batches()).extracting(b -> b.getFirstSequence()).containsExactly(1L, 513L);
    }

    @Test
    void noMoreIsSentThanTheServerHasGivenCreditFor() throws Exception {
        publish(100);
        ScriptedCall call = server.nextCall().opened(30, 1 << 20).awaitEvents(30);
        call.credit(20).awaitEvents(50);
        call.credit(50).awaitEvents(100);
        assertThat(call.payloads()).isEqualTo(numbered(0, 100));
    }

    @Test
    void noBatchIsLargerThanTheCreditInBytes() throws Exception {
        publish(100);
        ScriptedCall call = server.nextCall().opened(1_000, 1_000);
        await().until(() -> !call.batches().isEmpty());
        assertThat(call.batches().stream().mapToInt(b -> b.getSerializedSize()).sum())
                .isLessThanOrEqualTo(1_000);
        call.credit(100).awaitEvents(100);
    }

    @Test
    void publishAllAnswersInOrderAndCompletesAfterTheLastAcknowledgement() throws Exception {
        CompletableFuture<List<PublishAck>> acks = producer.publishAll(
                        Flux.range(0, 5).map(n -> event("e" + n)))
                .collectList()
                .toFuture();
        ScriptedCall call = server.nextCall().opened().awaitEvents(5);
        call.ack(1, 2).ack(3, 4);
        assertThat(acks).isNotDone();
        call.ack(5, 5);
        assertThat(acks.get()).extracting(PublishAck::offset).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void theSourceIsAskedForNoMoreThanHasRoomInTheWindow() throws Exception {
        Producer small =
                Producer.builder(connection, "orders").maxUnsettledEvents(10).build();
        AtomicLong asked = new AtomicLong();
        small.publishAll(Flux.range(0, 1_000).map(n -> event("e" + n)).doOnRequest(asked::addAndGet))
                .subscribe();
        ScriptedCall call = server.nextCall().opened().awaitEvents(10);
        assertThat(asked).hasValue(10);

        call.ack(1, 4).awaitEvents(14);
        assertThat(asked).hasValue(14);
    }

    @Test
    void aSubscriberWhoTakesNoAcknowledgementsStopsTheSource() throws Exception {
        Producer small =
                Producer.builder(connection, "orders").maxUnsettledEvents(10).build();
        TestSubscriber<PublishAck> user =
                TestSubscriber.builder().initialRequest(3).build();
        AtomicLong asked = new AtomicLong();
        small.publishAll(Flux.range(0, 1_000).map(n -> event("e" + n)).doOnRequest(asked::addAndGet))
                .subscribe(user);
        ScriptedCall call = server.nextCall().opened().awaitEvents(10);
        call.ack(1, 10).awaitEvents(13);
        await().until(() -> user.getReceivedOnNext().size() == 3);
        assertThat(asked).hasValue(13);

        user.request(2);
        call.awaitEvents(15);
    }

    @Test
    void beyondTheWindowASingleEventIsRefused() throws Exception {
        Producer small =
                Producer.builder(connection, "orders").maxUnsettledEvents(2).build();
        small.publish(event("a")).subscribe();
        small.publish(event("b")).subscribe();
        assertRefused(small.publish(event("c")).toFuture(), Reason.PUBLISH_WINDOW_FULL);

        server.nextCall().opened().awaitEvents(2).ack(1, 2);
        await().untilAsserted(() -> assertThat(small.freeEvents()).isEqualTo(2));
    }

    @Test
    void aFailedEventFailsAloneAndTheOthersGoOn() throws Exception {
        CompletableFuture<List<PublishResult>> results = producer.publishEach(
                        Flux.just(event("a"), event("b"), event("c")))
                .collectList()
                .toFuture();
        server.nextCall()
                .opened()
                .awaitEvents(3)
                .ack(1, 1)
                .fail(2, Refusal.of(Reason.EVENT_INVALID, "no"))
                .ack(3, 3);

        assertThat(results.get())
                .hasExactlyElementsOfTypes(
                        PublishResult.Stored.class, PublishResult.Failed.class, PublishResult.Stored.class);
        PublishResult.Failed failed = (PublishResult.Failed) results.get().get(1);
        assertThat(failed.index()).isEqualTo(1);
        assertThat(failed.event().data().utf8()).isEqualTo("b");
        assertThat(failed.cause().reason()).contains(Reason.EVENT_INVALID);
    }

    @Test
    void publishAllErrorsAtTheFirstFailedEventAfterTheAcknowledgementsBefore() throws Exception {
        TestSubscriber<PublishAck> user = TestSubscriber.create();
        producer.publishAll(Flux.just(event("a"), event("b"), event("c"))).subscribe(user);
        server.nextCall()
                .opened()
                .awaitEvents(3)
                .ack(1, 1)
                .fail(2, Refusal.eventTooLarge(5, 4))
                .ack(3, 3);

        user.block(SOON);
        assertThat(user.getReceivedOnNext()).hasSize(1);
        MillraceException error = (MillraceException) user.expectTerminalError();
        assertThat(error.reason()).contains(Reason.EVENT_TOO_LARGE);
        assertThat(error.metadata()).containsEntry("event_index", "1").containsKey("event_id");
        assertThat(error).hasMessageContaining("event 1 of the source").hasMessageContaining("after 1 stored");
    }

    @Test
    void anEventOverTheLimitOfTheServerIsNotSentAndKeepsItsTurn() throws Exception {
        CompletableFuture<List<PublishResult>> results = producer.publishEach(
                        Flux.just(event("a"), event("x".repeat(2_000)), event("c")))
                .collectList()
                .toFuture();
        ScriptedCall call = server.nextCall().opened().awaitEvents(2);
        assertThat(call.payloads()).containsExactly("a", "c");
        call.ack(1, 2);

        assertThat(results.get())
                .hasExactlyElementsOfTypes(
                        PublishResult.Stored.class, PublishResult.Failed.class, PublishResult.Stored.class);
        assertThat(((PublishResult.Failed) results.get().get(1)).cause().reason())
                .contains(Reason.EVENT_TOO_LARGE);
    }

    @Test
    void afterACutEverythingUnsettledIsSentAgainInOrderBeforeAnythingNew() throws Exception {
        publish(6);
        ScriptedCall first = server.nextCall().opened(4, 1 << 20).awaitEvents(4);
        first.ack(1, 2);
        await().untilAsserted(() -> assertThat(producer.freeEvents()).isEqualTo(65_536 - 4));
        proxy.cut();

        ScriptedCall second = server.nextCall();
        CompletableFuture<PublishAck> newer = producer.publish(event("newer")).toFuture();
        second.opened().awaitEvents(5);
        assertThat(second.payloads()).containsExactly("e2", "e3", "e4", "e5", "newer");
        assertThat(second.batches().get(0).getFirstSequence()).isEqualTo(1);
        assertThat(second.events().get(0).getId())
                .isEqualTo(first.events().get(2).getId());
        second.ack(1, 5);
        assertThat(newer.get().sequence()).isEqualTo(7);
    }

    @Test
    void whatAServerShortOfMemoryDoesNotTakeInIsSentAgainInOrder() throws Exception {
        CompletableFuture<PublishAck> first = producer.publish(event("a")).toFuture();
        ScriptedCall scarce = server.nextCall().opened().awaitEvents(1);
        CompletableFuture<PublishAck> second = producer.publish(event("b")).toFuture();
        scarce.awaitEvents(2).ack(1, 1);
        first.get();
        scarce.refuse(Refusal.of(Reason.MEMORY_EXHAUSTED, "nothing more is taken in"));
        server.nextCall().refuse(Refusal.of(Reason.MEMORY_EXHAUSTED, "no new publisher"));
        CompletableFuture<PublishAck> third = producer.publish(event("c")).toFuture();

        ScriptedCall call = server.nextCall().opened().awaitEvents(2);
        call.ack(1, 2);
        assertThat(call.payloads()).containsExactly("b", "c");
        assertThat(second.get().sequence()).isEqualTo(2);
        assertThat(third.get().sequence()).isEqualTo(3);
    }

    @Test
    void withoutRetryTheSentOnesFailAsUnknownAndTheOthersGoOn() throws Exception {
        Producer once =
                Producer.builder(connection, "orders").onUnknown(OnUnknown.FAIL).build();
        CompletableFuture<PublishAck> sent = once.publish(event("sent")).toFuture();
        ScriptedCall first = server.nextCall().opened(1, 1 << 20).awaitEvents(1);
        CompletableFuture<PublishAck> queued = once.publish(event("queued")).toFuture();
        proxy.cut();

        assertRefused(sent, Reason.PUBLISH_OUTCOME_UNKNOWN);
        server.nextCall().opened().awaitEvents(1).ack(1, 1);
        assertThat(queued.get().offset()).isEqualTo(1);
        await().until(first::isEnded);
    }

    @Test
    void aSilentServerIsLeft() throws Exception {
        CompletableFuture<PublishAck> ack = producer.publish(event("a")).toFuture();
        server.nextCall().opened(10, 1_000, Duration.ofMillis(100)).awaitEvents(1);
        server.nextCall().opened().awaitEvents(1).ack(1, 1);
        ack.get();
    }

    @Test
    void anAcknowledgementThatLeavesAnEventOutIsFoundOut() throws Exception {
        publish(3);
        server.nextCall().opened().awaitEvents(3).ack(2, 3);
        ScriptedCall second = server.nextCall().opened().awaitEvents(3);
        assertThat(second.payloads()).isEqualTo(numbered(0, 3));
    }

    @Test
    void aRefusalOfTheStreamFailsWhatWaitsAndTheNextEventTriesAgain() throws Exception {
        CompletableFuture<PublishAck> refused = producer.publish(event("a")).toFuture();
        server.nextCall().refuse(Refusal.topicNotFound("orders"));
        assertRefused(refused, Reason.TOPIC_NOT_FOUND);

        CompletableFuture<PublishAck> later = producer.publish(event("b")).toFuture();
        server.nextCall().opened().awaitEvents(1).ack(1, 1);
        later.get();
    }

    @Test
    void anEventThatIsNeverAnsweredFailsAsUnknownAndOneNeverSentWithWhatKeptIt() throws Exception {
        Producer hasty = Producer.builder(connection, "orders")
                .ackTimeout(Duration.ofMillis(400))
                .build();
        CompletableFuture<PublishAck> sent = hasty.publish(event("a")).toFuture();
        ScriptedCall call = server.nextCall().opened(1, 1_000).awaitEvents(1);
        CompletableFuture<PublishAck> waiting = hasty.publish(event("b")).toFuture();
        assertRefused(sent, Reason.PUBLISH_OUTCOME_UNKNOWN);
        assertRefused(waiting, Reason.PUBLISH_WINDOW_FULL);

        // The late answer is for the first event, not for the next one.
        CompletableFuture<PublishAck> next = hasty.publish(event("c")).toFuture();
        call.credit(1).awaitEvents(2).ack(1, 1).ack(2, 2);
        assertThat(next.get().offset()).isEqualTo(2);
    }

    @Test
    void whereNobodyAnswersAnEventFailsAfterTheTimeoutWithTheReason() throws Exception {
        server.close();
        proxy.close();
        Producer hasty = Producer.builder(connection, "orders")
                .ackTimeout(Duration.ofMillis(300))
                .build();
        CompletableFuture<PublishAck> ack = hasty.publish(event("a")).toFuture();
        assertRefused(ack, Reason.SERVER_UNREACHABLE);
    }

    @Test
    void flushWaitsForWhatWasPublishedBefore() throws Exception {
        publish(3);
        CompletableFuture<Void> flushed = producer.flush().toFuture();
        ScriptedCall call = server.nextCall().opened().awaitEvents(3);
        call.ack(1, 2);
        await().untilAsserted(() -> assertThat(producer.freeEvents()).isEqualTo(65_535));
        assertThat(flushed).isNotDone();
        call.ack(3, 3);
        flushed.get();
    }

    @Test
    void closeWaitsForTheLastAnswerAndEndsTheStreamInPeace() throws Exception {
        publish(2);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(producer::close);
        ScriptedCall call = server.nextCall().opened().awaitEvents(2);
        assertThat(closed).isNotDone();
        call.ack(1, 2);
        closed.get();
        await().until(call::isHalfClosed);
        assertThatThrownBy(() -> producer.publish(event("late")).block()).isInstanceOf(MillraceException.class);
        assertThatThrownBy(() -> producer.publishAll(Flux.just(event("late"))).blockLast())
                .isInstanceOf(MillraceException.class);
    }

    @Test
    void eventsOfManyThreadsAreNumberedWithoutHoles() throws Exception {
        CompletableFuture<Long> done = Flux.range(0, 8)
                .flatMap(
                        writer -> Flux.range(0, 500)
                                .flatMap(n -> producer.publish(event(writer + ":" + n)), 500)
                                .subscribeOn(Schedulers.parallel()),
                        8)
                .count()
                .toFuture();
        ScriptedCall call = server.nextCall().opened().awaitEvents(4_000);
        call.ack(1, 4_000);
        assertThat(done.get()).isEqualTo(4_000);
        long next = 1;
        for (var batch : call.batches()) {
            assertThat(batch.getFirstSequence()).isEqualTo(next);
            next += batch.getEventsCount();
        }
    }

    private void publish(int count) {
        numbered(0, count).forEach(payload -> producer.publish(event(payload)).subscribe());
    }

    private static List<String> numbered(int from, int to) {
        return java.util.stream.IntStream.range(from, to).mapToObj(n -> "e" + n).toList();
    }

    private static MillraceException failure(CompletableFuture<PublishAck> publishing) {
        return (MillraceException)
                catchThrowableOfType(ExecutionException.class, publishing::get).getCause();
    }

    private static Event event(String payload) {
        return Event.builder().key("k").data(payload).build();
    }

    private static void assertRefused(CompletableFuture<?> answer, Reason reason) {
        assertThatThrownBy(() -> answer.get(10, java.util.concurrent.TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        error -> assertThat(error.reason()).contains(reason));
    }
}
