// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.Backoff;
import io.millrace.client.MillraceConnection;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.v1.SlowConsumerPolicy;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** A subscription whose server asks to be left, and another server that takes it over. */
class SubscriptionDrainTest {
    private static final Backoff QUICK = new Backoff(Duration.ofMillis(10), Duration.ofMillis(50));
    private static final Refusal DRAINING = Refusal.of(Reason.SERVER_DRAINING, "stopping");

    private final List<Signal> signals = new CopyOnWriteArrayList<>();
    private ScriptedServer a;
    private ScriptedServer b;
    private MillraceConnection connection;

    @BeforeEach
    void start() throws Exception {
        a = ScriptedServer.start();
        b = ScriptedServer.start();
        connection = MillraceConnection.builder(a.endpoint() + "," + b.endpoint())
                .backoff(QUICK)
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        a.close();
        b.close();
    }

    @Test
    void theOldServerDeliversUntilTheNextOneHasOpenedAndWhatThatRepeatsIsDropped() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();

        ScriptedCall second = b.nextCall();
        assertThat(second.resumesAt()).isEqualTo(5);
        first.batch(5, 8);
        awaitEvents(user, 8);
        assertThat(first.isCancelled()).isFalse();

        second.opened(5);
        await().until(first::isCancelled);
        await().until(() -> second.grantedEvents() > 0);
        second.batch(5, 7).batch(7, 10);
        awaitEvents(user, 10);

        assertThat(offsets(user)).containsExactlyElementsOf(range(0, 10));
        assertThat(user.isTerminated()).isFalse();
        assertThat(signals).hasExactlyElementsOfTypes(Signal.Opened.class, Signal.Opened.class);
        Signal.Opened taken = (Signal.Opened) signals.get(1);
        assertThat(taken.resumed()).isTrue();
        assertThat(taken.endpoint().toString()).isEqualTo(b.endpoint());
        assertThat(a.hasNoFurtherCall() && b.hasNoFurtherCall()).isTrue();
    }

    @Test
    void bothServersTogetherHaveNeverMoreCreditThanTheUserHasRequested() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), 10);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 4).draining();
        ScriptedCall second = b.nextCall();
        assertThat(second.open().getCredit().hasEvents()).isTrue();
        assertThat(second.open().getCredit().hasBytes()).isTrue();
        assertThat(second.grantedEvents()).isZero();
        assertThat(second.grantedBytes()).isZero();

        first.batch(4, 7);
        awaitEvents(user, 7);
        second.opened(4);
        await().until(() -> second.grantedEvents() == 3);

        second.batch(4, 7); // they cost credit, and are not what the user has requested
        await().until(() -> second.grantedEvents() == 6);
        second.batch(7, 10);
        awaitEvents(user, 10);
        assertThat(second.grantedEvents()).isEqualTo(6);

        user.request(2);
        await().until(() -> second.grantedEvents() == 8);
        second.batch(10, 12);
        awaitEvents(user, 12);
        assertThat(offsets(user)).containsExactlyElementsOf(range(0, 12));
    }

    @Test
    void aUserWhoTakesOneAtATimeGetsEachOnce() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), 1);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 1).draining();
        ScriptedCall second = b.nextCall();
        awaitEvents(user, 1);
        user.request(1);
        await().until(() -> first.grantedEvents() == 2);
        first.batch(1, 2);
        awaitEvents(user, 2);
        second.opened(1);
        await().until(first::isCancelled);

        user.request(1);
        await().until(() -> second.grantedEvents() == 1);
        second.batch(1, 2);
        await().until(() -> second.grantedEvents() == 2);
        second.batch(2, 3);
        awaitEvents(user, 3);
        assertThat(offsets(user)).containsExactlyElementsOf(range(0, 3));
    }

    @Test
    void aServerThatEndsBeforeTheNextOneHasOpenedIsNoError() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();
        ScriptedCall second = b.nextCall();
        first.batch(5, 6).refuse(DRAINING);
        await().until(() -> signals.stream().anyMatch(Signal.Disconnected.class::isInstance));

        second.opened(5).batch(5, 8);
        awaitEvents(user, 8);
        assertThat(offsets(user)).containsExactlyElementsOf(range(0, 8));
        assertThat(user.isTerminated()).isFalse();
        assertThat(a.hasNoFurtherCall() && b.hasNoFurtherCall()).isTrue();
    }

    @Test
    void whileNoOtherServerOpensTheOldOneDeliversAndTheOthersAreTriedAgain() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();

        b.nextCall().refuse(DRAINING);
        a.nextCall().refuse(DRAINING);
        first.batch(5, 6);
        awaitEvents(user, 6);
        ScriptedCall third = b.nextCall();
        assertThat(third.resumesAt()).isGreaterThanOrEqualTo(5);
        assertThat(first.isCancelled()).isFalse();
        third.opened(third.resumesAt()).batch(6, 7);
        awaitEvents(user, 7);

        assertThat(offsets(user)).containsExactlyElementsOf(range(0, 7));
        assertThat(signals).hasExactlyElementsOfTypes(Signal.Opened.class, Signal.Opened.class);
    }

    @Test
    void whereNobodyOpensUntilTheOldOneHasEndedTheSubscriptionTriesForEver() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();
        b.nextCall().refuse(DRAINING);
        first.refuse(DRAINING);

        a.nextCall().refuse(DRAINING);
        b.nextCall().refuse(DRAINING);
        a.nextCall().opened(5).batch(5, 6);
        awaitEvents(user, 6);
        assertThat(user.isTerminated()).isFalse();
    }

    @Test
    void aRefusalByTheNextServerDoesNotEndWhatTheOldOneStillDelivers() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();
        b.nextCall().refuse(Refusal.topicNotFound("orders"));
        first.batch(5, 6);
        awaitEvents(user, 6);
        assertThat(user.isTerminated()).isFalse();

        first.refuse(DRAINING);
        await().until(() -> signals.stream().anyMatch(Signal.Disconnected.class::isInstance));
        b.nextCall().refuse(Refusal.topicNotFound("orders"));
        user.block(Duration.ofSeconds(10));
        assertThat(user.expectTerminalError()).hasMessageContaining("orders");
    }

    @Test
    void aServerThatIsAskedWhileItStopsItselfDoesNotTakeOver() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();
        ScriptedCall second = b.nextCall();
        second.draining();
        await().until(second::isCancelled);
        first.batch(5, 6);
        awaitEvents(user, 6);
        assertThat(first.isCancelled()).isFalse();
    }

    @Test
    void aServerThatDoesNotKnowATopicYetWhichHasJoinedDoesNotTakeOver() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0, 0).batch(0, 5).batch(1, -1, 0, 2).draining();
        ScriptedCall second = b.nextCall();
        second.opened(5);
        await().until(second::isCancelled);
        assertThat(first.isCancelled()).isFalse();

        ScriptedCall third = a.nextCall();
        third.opened(5, 2).batch(1, 1, 2, 3);
        awaitEvents(user, 8);
        await().until(first::isCancelled);
    }

    @Test
    void aGapBeforeWhatHasComeIsNotToldAndOfAnotherOnlyTheRest() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();
        ScriptedCall second = b.nextCall();
        first.batch(5, 8);
        awaitEvents(user, 8);
        second.opened(5).gap(5, 7).gap(7, 10).batch(10, 12);
        awaitEvents(user, 10);

        List<Signal> gaps =
                signals.stream().filter(Signal.Gap.class::isInstance).toList();
        assertThat(gaps).singleElement().isInstanceOfSatisfying(Signal.Gap.class, gap -> {
            assertThat(gap.fromOffset()).isEqualTo(8);
            assertThat(gap.toOffset()).isEqualTo(10);
            assertThat(gap.events()).isEqualTo(OptionalLong.empty());
        });
    }

    @Test
    void aReaderThatSkipsIsMovedWithoutASecondStreamSoNothingIsCountedTwice() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().slowConsumer(SlowConsumer.SKIP), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        assertThat(first.open().getSpec().getSlowConsumerPolicy())
                .isEqualTo(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_SKIP);
        first.opened(0).batch(0, 5).draining();

        ScriptedCall second = b.nextCall();
        await().until(first::isCancelled);
        assertThat(second.grantedEvents()).isPositive();
        second.opened(5).batch(5, 6);
        awaitEvents(user, 6);
    }

    @Test
    void aReadThatCompletesWhileTheNextServerOpensIsComplete() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders().untilLiveEnd(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();
        ScriptedCall second = b.nextCall();
        first.batch(5, 6).complete();
        user.block(Duration.ofSeconds(10));

        assertThat(user.expectTerminalSignal().isOnComplete()).isTrue();
        assertThat(offsets(user)).containsExactlyElementsOf(range(0, 6));
        await().until(second::isCancelled);
    }

    @Test
    void cancellingEndsBothCalls() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining();
        ScriptedCall second = b.nextCall();
        user.cancel();
        await().until(() -> first.isCancelled() && second.isCancelled());
        assertThat(a.hasNoFurtherCall() && b.hasNoFurtherCall()).isTrue();
    }

    @Test
    void aStreamOfTheOnlyServerThereIsIsMovedToAnotherStreamOfIt() throws Exception {
        connection.close();
        connection = MillraceConnection.builder(a.endpoint()).backoff(QUICK).build();
        TestSubscriber<ReceivedEvent> user = subscribe(orders(), Long.MAX_VALUE);
        ScriptedCall first = a.nextCall();
        first.opened(0).batch(0, 5).draining().draining();
        ScriptedCall second = a.nextCall();
        second.opened(5).batch(5, 6);
        awaitEvents(user, 6);
        await().until(first::isCancelled);
        assertThat(a.hasNoFurtherCall()).isTrue();
    }

    private SubscriptionBuilder orders() {
        return Consumer.on(connection).subscribe("orders").fromBeginning().onSignal(signals::add);
    }

    private static TestSubscriber<ReceivedEvent> subscribe(SubscriptionBuilder subscription, long demand) {
        TestSubscriber<ReceivedEvent> user =
                TestSubscriber.builder().initialRequest(demand).build();
        subscription.events().subscribe(user);
        return user;
    }

    private static void awaitEvents(TestSubscriber<ReceivedEvent> user, int count) {
        await().until(() -> user.getReceivedOnNext().size() == count);
    }

    private static List<Long> offsets(TestSubscriber<ReceivedEvent> user) {
        return user.getReceivedOnNext().stream().map(ReceivedEvent::offset).toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
