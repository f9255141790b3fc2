// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.client.Backoff;
import io.millrace.client.ConnectionListener;
import io.millrace.client.CuttingProxy;
import io.millrace.client.Endpoint;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.SlowConsumerPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.subscriber.TestSubscriber;

/** A subscription against a server that breaks the rules, one rule at a time. */
class SubscriptionTest {
    private static final TopicPartition ORDERS_0 = new TopicPartition(new TopicName("orders"), 0);
    private static final Backoff QUICK = new Backoff(Duration.ofMillis(10), Duration.ofMillis(50));

    private final List<Signal> signals = new CopyOnWriteArrayList<>();
    private ScriptedServer server;
    private CuttingProxy proxy;
    private MillraceConnection connection;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedServer.start();
        proxy = CuttingProxy.to(server.port());
        connection = connect(proxy.endpoint());
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        proxy.close();
        server.close();
    }

    @Test
    void eventsComeInOrderAndTheStreamCompletesAtItsEnd() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning().untilLiveEnd(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 3).batch(3, 5).complete();

        user.block(Duration.ofSeconds(10));
        assertThat(offsets(user)).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(user.getReceivedOnNext().get(4).event().data().utf8()).isEqualTo("0:4");
        assertThat(user.expectTerminalSignal().isOnComplete()).isTrue();
    }

    @Test
    void aCutConnectionIsResumedAfterTheLastEventThatCame() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 5);
        awaitEvents(user, 5);

        proxy.cut();

        ScriptedCall second = server.nextCall();
        assertThat(second.resumesAt()).isEqualTo(5);
        second.opened(5).batch(5, 7);
        awaitEvents(user, 7);
        assertThat(offsets(user)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(signals)
                .hasExactlyElementsOfTypes(Signal.Opened.class, Signal.Disconnected.class, Signal.Opened.class);
        assertThat(((Signal.Disconnected) signals.get(1)).cause().reason()).contains(Reason.CONNECTION_LOST);
        assertThat(((Signal.Opened) signals.get(2)).resumed()).isTrue();
    }

    @Test
    void whatWasNotRequestedYetSurvivesAReconnectAndComesOnce() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), 4);
        ScriptedCall first = server.nextCall();
        first.opened(0).batch(0, 4);
        awaitEvents(user, 4);
        user.request(2);
        await().until(() -> first.grantedEvents() == 6);
        proxy.cut();

        ScriptedCall second = server.nextCall();
        assertThat(second.resumesAt()).isEqualTo(4);
        assertThat(second.grantedEvents()).isEqualTo(2);
        second.opened(4).batch(4, 6);
        awaitEvents(user, 6);
        assertThat(offsets(user)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void aSubscriptionFromNowThatBreaksBeforeAnyEventGoesOnWhereItHadOpened() throws Exception {
        subscribe(orders().fromNow(), Long.MAX_VALUE);
        ScriptedCall first = server.nextCall();
        assertThat(first.open().getSpec().getStart().hasLatest()).isTrue();
        first.opened(42);
        await().until(() -> signals.size() == 1);

        proxy.cut();

        assertThat(server.nextCall().resumesAt()).isEqualTo(42);
    }

    @Test
    void aCursorResumesInTheMiddleOfABatchInEveryPartition() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), 7);
        server.nextCall().opened(0, 0).batch(0, 4).batch(1, -1, 0, 3);
        awaitEvents(user, 7);
        Cursor cursor = user.getReceivedOnNext().get(5).cursor();

        subscribe(orders().from(Cursor.parse(cursor.toString())), Long.MAX_VALUE);

        var places = server.nextCall().open().getSpec().getStart().getCursor().getPlacesList();
        assertThat(places).extracting(io.millrace.v1.Place::getNextOffset).containsExactly(4L, 2L);
        assertThat(places).extracting(place -> place.getToken().toStringUtf8()).containsExactly("token0", "token1");
    }

    @Test
    void aPartitionThatAHeartbeatNamesNoMoreIsForgottenAndMayBeginAnew() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall()
                .opened(0, 0)
                .batch(0, 4)
                .batch(1, -1, 0, 3)
                .heartbeat(4)
                .heartbeat(4, 0)
                .batch(1, -1, 0, 2)
                .batch(4, 5);
        awaitEvents(user, 10);
        assertThat(user.getReceivedOnNext().get(9).cursor().describe()).isEqualTo("orders/0@5 orders/1@2");
        assertThat(signals).noneMatch(Signal.Disconnected.class::isInstance);
    }

    @Test
    void theChainOfEveryPartitionIsProvenOnEveryBatch() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        ScriptedCall first = server.nextCall();
        first.opened(0, 0, 0).batch(0, 4).batch(2, -1, 0, 3).batch(1, -1, 0, 2).batch(2, 3, 4, 6);

        ScriptedCall second = server.nextCall();
        assertThat(second.open().getSpec().getStart().getCursor().getPlacesList())
                .extracting(io.millrace.v1.Place::getNextOffset)
                .containsExactly(4L, 2L, 3L);
        second.opened(4, 2, 3).batch(2, 2, 3, 6);
        awaitEvents(user, 12);
        assertThat(((Signal.Disconnected) signals.get(1)).cause().reason()).contains(Reason.CHAIN_BROKEN);
    }

    @Test
    void theTokensOfTheLastCursorAreGivenBack() throws Exception {
        subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).heartbeat("renewed", 9);
        await().until(() -> signals.size() == 2);

        proxy.cut();

        var place = server.nextCall().open().getSpec().getStart().getCursor().getPlaces(0);
        assertThat(place.getNextOffset()).isEqualTo(9);
        assertThat(place.getToken().toStringUtf8()).isEqualTo("renewed");
    }

    @Test
    void whereNoPartitionMayComeLaterNoneIsAskedForAfterACut() throws Exception {
        assertThat(partitionsAreFixedAfterACut(orders().fromOffset(0, 3))).isTrue();
        assertThat(partitionsAreFixedAfterACut(orders().fromBeginning().untilLiveEnd()))
                .isTrue();
        assertThat(partitionsAreFixedAfterACut(orders().fromOnly(cursor("orders", 3))))
                .isTrue();
        assertThat(partitionsAreFixedAfterACut(orders().from(cursor("orders", 3))))
                .isFalse();
        assertThat(partitionsAreFixedAfterACut(
                        orders().fromBeginning().untilTime(Instant.now().plusSeconds(60))))
                .isFalse();
    }

    private boolean partitionsAreFixedAfterACut(SubscriptionBuilder subscription) throws Exception {
        Disposable stream = subscription.onSignal(signals::add).events().subscribe();
        int before = signals.size();
        server.nextCall().opened(3);
        await().until(() -> signals.size() > before);
        proxy.cut();
        boolean fixed = server.nextCall().open().getSpec().getStart().getPlacesOnly();
        stream.dispose();
        return fixed;
    }

    private static Cursor cursor(String topic, long nextOffset) {
        return Cursor.empty()
                .with(new Place(new TopicPartition(new TopicName(topic), 0), nextOffset, ByteString.EMPTY));
    }

    @Test
    void aBatchThatWasDroppedOnTheWayIsReadAgain() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        ScriptedCall first = server.nextCall();
        first.opened(0).batch(0, 5).batch(10, 15);

        ScriptedCall second = server.nextCall();
        assertThat(second.resumesAt()).isEqualTo(5);
        second.opened(5).batch(5, 15);
        awaitEvents(user, 15);
        assertThat(offsets(user)).isSorted().doesNotHaveDuplicates();
        await().until(first::isCancelled);
        assertThat(((Signal.Disconnected) signals.get(1)).cause().reason()).contains(Reason.CHAIN_BROKEN);
    }

    @Test
    void aBatchThatIsRepeatedIsNotDeliveredTwice() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 5).batch(0, 5);

        server.nextCall().opened(5).batch(5, 6);
        awaitEvents(user, 6);
        assertThat(offsets(user)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void twoEventsThatHaveChangedPlacesAreNotDelivered() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 2).batch(0, 1, 3, 4).batch(0, 3, 2, 3);

        ScriptedCall second = server.nextCall();
        assertThat(second.resumesAt()).isEqualTo(4);
        assertThat(offsets(user)).isSorted();
    }

    @Test
    void eventsThatComeAgainAfterAReconnectAreDropped() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 5);
        awaitEvents(user, 5);
        proxy.cut();

        server.nextCall().opened(3).batch(3, 4).batch(4, 8);
        awaitEvents(user, 8);
        assertThat(offsets(user)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void aServerThatResumesTooLateIsFoundOut() throws Exception {
        subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 5);
        await().until(() -> signals.size() == 1);
        proxy.cut();

        server.nextCall().opened(7).batch(7, 9);

        assertThat(server.nextCall().resumesAt()).isEqualTo(5);
    }

    @Test
    void aServerThatBreaksTheChainEachTimeEndsTheSubscription() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        for (int i = 0; i < 5; i++) {
            server.nextCall().opened(0).batch(10, 15);
        }

        MillraceException error = awaitError(user);
        assertThat(error.reason()).contains(Reason.CHAIN_BROKEN);
        assertThat(error.retryable()).isFalse();
        assertThat(user.getReceivedOnNext()).isEmpty();
    }

    @Test
    void aHeartbeatMayMoveTheChainOverOffsetsWithoutEvents() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 2).heartbeat(6).batch(6, 8);
        awaitEvents(user, 4);
        assertThat(offsets(user)).containsExactly(0L, 1L, 6L, 7L);
        assertThat(server.hasNoFurtherCall()).isTrue();
    }

    @Test
    void aBatchThatHasPassedMoreThanItHoldsIsResumedBehindAllOfIt() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).selected(-1, 3, 10).selected(9, 12, 20);
        awaitEvents(user, 2);
        assertThat(user.getReceivedOnNext().get(0).cursor().nextOffset(ORDERS_0))
                .hasValue(4);
        proxy.cut();

        ScriptedCall second = server.nextCall();
        assertThat(second.resumesAt()).isEqualTo(20);
        second.opened(20).selected(19, 25, 26);
        awaitEvents(user, 3);
        assertThat(offsets(user)).containsExactly(3L, 12L, 25L);
    }

    @Test
    void filterAndPolicyAreAskedForInTheOpening() throws Exception {
        subscribe(orders().fromNow().filter("event.type == 'a'").conflate(Duration.ofMillis(250)), 1);
        ScriptedCall call = server.nextCall();
        await().until(() -> call.grantedEvents() == 1);

        assertThat(call.open().getSpec().getFilter()).isEqualTo("event.type == 'a'");
        assertThat(call.open().getSpec().getSlowConsumerPolicy())
                .isEqualTo(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE);
        assertThat(call.open().getSpec().getConflateInterval().getNanos()).isEqualTo(250_000_000);
    }

    @Test
    void aGapAndTheLiveEndAreToldInOrderWithTheEvents() throws Exception {
        List<Object> seen = new CopyOnWriteArrayList<>();
        orders().fromBeginning().onSignal(seen::add).events().subscribe(event -> seen.add(event.offset()));
        server.nextCall().opened(0).batch(0, 2).gap(2, 9).batch(9, 10).caughtUp(10);

        await().until(() -> seen.size() == 6);
        assertThat(seen).element(0).isInstanceOf(Signal.Opened.class);
        assertThat(seen.subList(1, 3)).containsExactly(0L, 1L);
        assertThat(seen.get(3)).isInstanceOfSatisfying(Signal.Gap.class, gap -> {
            assertThat(gap.reason()).isEqualTo(Signal.GapReason.RETENTION);
            assertThat(gap.partition()).isEqualTo(ORDERS_0);
            assertThat(gap.fromOffset()).isEqualTo(2);
            assertThat(gap.toOffset()).isEqualTo(9);
            assertThat(gap.events()).hasValue(7);
        });
        assertThat(seen.get(4)).isEqualTo(9L);
        assertThat(seen.get(5))
                .isInstanceOfSatisfying(
                        Signal.CaughtUp.class,
                        caughtUp -> assertThat(caughtUp.cursor().nextOffset(ORDERS_0))
                                .hasValue(10));
    }

    @Test
    void aSilentServerIsLeftAfterTwoAndAHalfHeartbeats() throws Exception {
        subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        ScriptedCall first = server.nextCall();
        long opened = System.nanoTime();
        first.opened(Duration.ofMillis(200), 0);

        server.nextCall();
        assertThat(Duration.ofNanos(System.nanoTime() - opened)).isGreaterThanOrEqualTo(Duration.ofMillis(490));
        await().until(() -> signals.stream().anyMatch(Signal.Disconnected.class::isInstance));
        assertThat(signals.get(1))
                .isInstanceOfSatisfying(
                        Signal.Disconnected.class,
                        lost -> assertThat(lost.cause().reason()).contains(Reason.STREAM_SILENT));
    }

    @Test
    void aServerThatAcceptsAndNeverOpensIsTriedAgain() throws Exception {
        connection.close();
        connection = MillraceConnection.builder(proxy.endpoint())
                .backoff(QUICK)
                .openTimeout(Duration.ofMillis(300))
                .build();
        subscribe(orders().fromBeginning(), Long.MAX_VALUE);

        server.nextCall();
        server.nextCall().opened(0);
        await().until(() -> signals.stream().anyMatch(Signal.Opened.class::isInstance));
    }

    @Test
    void aRetryableRefusalIsWaitedOutAndAnotherEndsTheSubscription() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().refuse(Refusal.of(Reason.LOG_UNAVAILABLE, "Kafka is away"));
        server.nextCall().refuse(Refusal.topicNotFound("orders"));

        MillraceException error = awaitError(user);
        assertThat(error.reason()).contains(Reason.TOPIC_NOT_FOUND);
        assertThat(error.retryable()).isFalse();
        assertThat(error.hint()).contains("Create it");
        assertThat(error.metadata()).containsEntry("topic", "orders");
    }

    @Test
    void aLiveStreamThatTheServerCompletesIsOpenedAgain() throws Exception {
        subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 2).complete();

        assertThat(server.nextCall().resumesAt()).isEqualTo(2);
    }

    @Test
    void theNextEndpointIsTakenWhenTheFirstDoesNotAnswer() throws Exception {
        connection.close();
        connection = connect("127.0.0.1:1," + server.endpoint());
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);

        server.nextCall().opened(0).batch(0, 1);
        awaitEvents(user, 1);
        assertThat(((Signal.Disconnected) signals.get(0)).cause().reason()).contains(Reason.SERVER_UNREACHABLE);
    }

    @Test
    void everyTryIsToldToTheListenerOfTheConnection() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        connection.close();
        connection = MillraceConnection.builder("127.0.0.1:1," + server.endpoint())
                .backoff(QUICK)
                .listener(new ConnectionListener() {
                    @Override
                    public void onOpened(String stream, Endpoint endpoint) {
                        told.add("opened at " + endpoint);
                    }

                    @Override
                    public void onRetry(Retry retry) {
                        told.add(retry.cause().reason().orElseThrow() + " at " + retry.endpoint() + " "
                                + retry.failures());
                    }
                })
                .build();
        subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0);

        await().until(() -> told.size() == 2);
        assertThat(told).containsExactly("SERVER_UNREACHABLE at 127.0.0.1:1 1", "opened at " + server.endpoint());
    }

    @Test
    void closingTheConnectionEndsTheSubscription() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        server.nextCall().opened(0).batch(0, 1);
        awaitEvents(user, 1);

        connection.close();

        assertThat(awaitError(user)).hasMessageContaining("the connection is closed");
    }

    @Test
    void serversThatAllDrainAreNotTriedRoundAndRoundWithoutAPause() throws Exception {
        connection.close();
        connection = MillraceConnection.builder(proxy.endpoint())
                .backoff(new Backoff(Duration.ofMillis(200), Duration.ofMillis(200)))
                .build();
        subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        long before = System.nanoTime();
        for (int i = 0; i < 4; i++) {
            server.nextCall().opened(0).draining();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(300));
    }

    @Test
    void cancellingEndsTheCall() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().fromBeginning(), Long.MAX_VALUE);
        ScriptedCall call = server.nextCall();
        call.opened(0).batch(0, 1);
        awaitEvents(user, 1);

        user.cancel();

        await().until(call::isCancelled);
        assertThat(server.hasNoFurtherCall()).isTrue();
    }

    @Test
    void aUserWhoBlocksDoesNotDelayAnotherOnTheSameConnection() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        orders().fromBeginning().events().subscribe(event -> awaitQuietly(release));
        server.nextCall().opened(0).batch(0, 100);
        TestSubscriber<ReceivedEvent> other = subscribe(orders().fromBeginning(), Long.MAX_VALUE);

        server.nextCall().opened(0).batch(0, 1_000);
        awaitEvents(other, 1_000);
        release.countDown();
    }

    @Test
    void aUserWhoThrowsEndsOnlyTheirOwnSubscription() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(
                orders().fromBeginning().onSignal(signal -> {
                    throw new IllegalStateException("the listener's own fault");
                }),
                Long.MAX_VALUE);
        ScriptedCall call = server.nextCall();
        call.opened(0);

        user.block(Duration.ofSeconds(10));
        assertThat(user.expectTerminalError()).hasMessageContaining("the listener's own fault");
        await().until(call::isCancelled);
    }

    private SubscriptionBuilder orders() {
        return Consumer.on(connection).subscribe("orders").onSignal(signals::add);
    }

    private static TestSubscriber<ReceivedEvent> subscribe(SubscriptionBuilder subscription, long demand) {
        TestSubscriber<ReceivedEvent> user =
                TestSubscriber.builder().initialRequest(demand).build();
        subscription.events().subscribe(user);
        return user;
    }

    private static MillraceConnection connect(String endpoints) {
        return MillraceConnection.builder(endpoints).backoff(QUICK).build();
    }

    private static void awaitEvents(TestSubscriber<ReceivedEvent> user, int count) {
        await().until(() -> user.getReceivedOnNext().size() == count);
    }

    private static MillraceException awaitError(TestSubscriber<ReceivedEvent> user) {
        user.block(Duration.ofSeconds(10));
        return (MillraceException) user.expectTerminalError();
    }

    private static List<Long> offsets(TestSubscriber<ReceivedEvent> user) {
        return user.getReceivedOnNext().stream().map(ReceivedEvent::offset).toList();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
