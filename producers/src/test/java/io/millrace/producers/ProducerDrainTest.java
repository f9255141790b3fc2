// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.Backoff;
import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A producer whose server asks to be left, and another server that takes it over. */
class ProducerDrainTest {
    private static final Backoff QUICK = new Backoff(Duration.ofMillis(10), Duration.ofMillis(50));

    private ScriptedServer a;
    private ScriptedServer b;
    private MillraceConnection connection;
    private Producer producer;

    @BeforeEach
    void start() throws Exception {
        a = ScriptedServer.start();
        b = ScriptedServer.start();
        connection = MillraceConnection.builder(a.endpoint() + "," + b.endpoint())
                .backoff(QUICK)
                .build();
        producer = Producer.to(connection, "orders");
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        a.close();
        b.close();
    }

    @Test
    void theNextStreamIsOpenedMeanwhileAndUsedWhenTheOldOneOwesNoAnswer() throws Exception {
        CompletableFuture<PublishAck> old = publish("old");
        ScriptedCall first = a.nextCall().opened().awaitEvents(1);
        first.draining();
        ScriptedCall second = b.nextCall();
        CompletableFuture<PublishAck> newer = publish("newer");
        second.opened();
        assertThat(first.isEnded()).isFalse();
        assertThat(second.events()).isEmpty();

        first.ack(1, 1);
        assertThat(old.get().sequence()).isEqualTo(1);
        second.awaitEvents(1).ack(1, 1);
        assertThat(newer.get().sequence()).isEqualTo(2);
        await().until(first::isEnded);
        assertThat(first.payloads()).containsExactly("old");
        assertThat(second.payloads()).containsExactly("newer");
        assertThat(a.hasNoFurtherCall() && b.hasNoFurtherCall()).isTrue();
    }

    @Test
    void whatIsSettledBeforeTheNextStreamIsOpenWaitsForThat() throws Exception {
        CompletableFuture<PublishAck> old = publish("old");
        ScriptedCall first = a.nextCall().opened().awaitEvents(1);
        first.draining();
        ScriptedCall second = b.nextCall();
        first.ack(1, 1);
        old.get();
        CompletableFuture<PublishAck> newer = publish("newer");
        assertThat(first.isEnded()).isFalse();

        second.opened().awaitEvents(1).ack(1, 1);
        newer.get();
        assertThat(first.payloads()).containsExactly("old");
    }

    @Test
    void aServerThatEndsBeforeItHasAnsweredIsNoErrorAndWhatItOwedIsSentFirst() throws Exception {
        CompletableFuture<PublishAck> old = publish("old");
        ScriptedCall first = a.nextCall().opened().awaitEvents(1);
        first.draining();
        ScriptedCall second = b.nextCall().opened();
        CompletableFuture<PublishAck> newer = publish("newer");
        first.refuse(Refusal.of(Reason.SERVER_DRAINING, "stopping"));

        second.awaitEvents(2).ack(1, 2);
        assertThat(second.payloads()).containsExactly("old", "newer");
        assertThat(old.get().offset()).isEqualTo(1);
        assertThat(newer.get().offset()).isEqualTo(2);
    }

    @Test
    void underANameTheNextServerIsConnectedAndTheStreamOpenedWhenTheOldOneOwesNoAnswer() throws Exception {
        producer = Producer.builder(connection, "orders").exactlyOnce("me").build();
        CompletableFuture<PublishAck> old = publish("old");
        ScriptedCall first = a.nextCall().opened().awaitEvents(1);
        first.draining();
        await().until(() -> b.connections() == 1);
        CompletableFuture<PublishAck> newer = publish("newer");
        assertThat(b.hasNoFurtherCall()).isTrue();
        assertThat(first.isEnded()).isFalse();

        first.ack(1, 1);
        old.get();
        b.nextCall().opened(10_000, 1 << 20, 2).awaitEvents(1).ack(2, 2);
        assertThat(newer.get().sequence()).isEqualTo(2);
        await().until(first::isEnded);
        assertThat(first.payloads()).containsExactly("old");
        assertThat(b.connections()).isEqualTo(1);
    }

    @Test
    void whileNoOtherServerOpensTheOthersAreTriedAgain() throws Exception {
        CompletableFuture<PublishAck> old = publish("old");
        ScriptedCall first = a.nextCall().opened().awaitEvents(1);
        first.draining();
        b.nextCall().refuse(Refusal.of(Reason.SERVER_DRAINING, "stopping"));
        a.nextCall().refuse(Refusal.of(Reason.SERVER_DRAINING, "stopping"));
        first.ack(1, 1);
        old.get();
        CompletableFuture<PublishAck> newer = publish("newer");
        b.nextCall().opened().awaitEvents(1).ack(1, 1);
        newer.get();
    }

    @Test
    void aProducerThatClosesMeanwhileEndsBothStreams() throws Exception {
        CompletableFuture<PublishAck> old = publish("old");
        ScriptedCall first = a.nextCall().opened().awaitEvents(1);
        first.draining();
        ScriptedCall second = b.nextCall();
        first.ack(1, 1);
        old.get();
        producer.close();
        await().until(() -> first.isHalfClosed() && second.isEnded());
        assertThat(List.of(a.hasNoFurtherCall(), b.hasNoFurtherCall())).containsOnly(true);
    }

    private CompletableFuture<PublishAck> publish(String payload) {
        return producer.publish(Event.builder().key("k").data(payload).build()).toFuture();
    }
}
