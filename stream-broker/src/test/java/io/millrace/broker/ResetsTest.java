// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.latest;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.millrace.v1.SubscribeResponse.FrameCase;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How often the calls of one connection may be cancelled. */
class ResetsTest {
    private static final int CALLS = 90;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    @Test
    void hundredsOfStreamsMayBeLeftWithinSeconds() {
        SubscribeCall stays = SubscribeCall.open(broker.channel(), latest());
        stays.next(FrameCase.OPENED);

        for (int i = 0; i < 5; i++) {
            openAndLeave();
        }
        broker.append(0, 10);

        assertThat(stays.numbers(10)).isEqualTo(IntStream.range(0, 10).boxed().toList());
    }

    @Test
    void whoResetsThousandsLosesTheConnection() {
        SubscribeCall attackers = SubscribeCall.open(broker.channel(), latest());
        attackers.next(FrameCase.OPENED);

        for (int i = 0; i < 100 && !attackers.hasEnded(); i++) {
            Stream.generate(() -> SubscribeCall.on(broker.channel()))
                    .limit(CALLS)
                    .toList()
                    .forEach(SubscribeCall::close);
        }

        assertThat(attackers.end().getCode())
                .as("told why, unless the connection goes before that is read")
                .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAVAILABLE);
    }

    private void openAndLeave() {
        List<SubscribeCall> calls = Stream.generate(() -> SubscribeCall.open(broker.channel(), latest()))
                .limit(CALLS)
                .toList();
        calls.forEach(call -> call.next(FrameCase.OPENED));
        calls.forEach(SubscribeCall::close);
    }
}
