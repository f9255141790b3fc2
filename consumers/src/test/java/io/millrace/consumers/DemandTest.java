// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceConnection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** What the user requests is what reaches the server. */
class DemandTest {
    private ScriptedServer server;
    private MillraceConnection connection;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedServer.start();
        connection = MillraceConnection.to(server.endpoint());
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        server.close();
    }

    @Test
    void whoRequestsNothingGivesNoCreditButTheStreamOpens() throws Exception {
        subscribe(0);
        ScriptedCall call = server.nextCall();
        assertThat(call.open().getCredit().hasEvents()).isTrue();
        assertThat(call.grantedEvents()).isZero();
        assertThat(call.grantedBytes()).isEqualTo(4 << 20);
    }

    @Test
    void whoRequestsOneGivesCreditForOne() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(1);
        ScriptedCall call = server.nextCall();
        assertThat(call.grantedEvents()).isEqualTo(1);
        call.opened(0);
        for (int i = 0; i < 5; i++) {
            call.batch(i, i + 1);
            int received = i + 1;
            await().until(() -> user.getReceivedOnNext().size() == received);
            assertThat(call.grantedEvents()).isEqualTo(received);
            user.request(1);
            await().until(() -> call.grantedEvents() == received + 1);
        }
    }

    @Test
    void whoRequestsWithoutBoundGivesTheWindowAndRefillsItByHalves() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(Long.MAX_VALUE);
        ScriptedCall call = server.nextCall();
        assertThat(call.grantedEvents()).isEqualTo(8_192);
        call.opened(0).batch(0, 4_095);
        await().until(() -> user.getReceivedOnNext().size() == 4_095);
        assertThat(call.creditFrames()).isZero();

        call.batch(4_095, 4_096);
        await().until(() -> call.grantedEvents() == 8_192 + 4_096);
        assertThat(call.creditFrames()).isEqualTo(1);
    }

    @Test
    void whatWaitsForTheUserAndWhatMayComeIsTogetherNeverMoreThanRequested() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(100);
        ScriptedCall call = server.nextCall();
        call.opened(0).batch(0, 60);
        await().until(() -> user.getReceivedOnNext().size() == 60);
        assertThat(call.grantedEvents()).isEqualTo(100);

        user.request(50);
        await().until(() -> call.grantedEvents() == 150);
    }

    @Test
    void bytesAreGivenBackWhenTheBatchWasHandedOver() throws Exception {
        TestSubscriber<ReceivedEvent> user =
                TestSubscriber.builder().initialRequest(10).build();
        Consumer.on(connection)
                .subscribe("orders")
                .creditBytes(100)
                .fromBeginning()
                .events()
                .subscribe(user);
        ScriptedCall call = server.nextCall();
        assertThat(call.grantedBytes()).isEqualTo(100);
        call.opened(0).batch(0, 10);
        await().until(() -> user.getReceivedOnNext().size() == 10);
        await().until(() -> call.grantedBytes() > 100);
    }

    @Test
    void aServerThatSendsMoreThanItHasCreditForIsCutOff() throws Exception {
        TestSubscriber<ReceivedEvent> user = subscribe(5);
        server.nextCall().opened(0).batch(0, 6);
        user.block(Duration.ofSeconds(10));
        assertThat(user.expectTerminalError()).hasMessageContaining("more events than it had credit for");
    }

    private TestSubscriber<ReceivedEvent> subscribe(long demand) {
        TestSubscriber<ReceivedEvent> user =
                TestSubscriber.builder().initialRequest(demand).build();
        Consumer.on(connection).subscribe("orders").fromBeginning().events().subscribe(user);
        return user;
    }
}
