// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both servers in this process, with real calls over the loopback. */
class FanOutTest {
    private static final int SUBSCRIBERS = 5;

    @ParameterizedTest
    @EnumSource
    void everySubscriberGetsEveryEventOnceAndInOrder(Contestant contestant) throws IOException {
        try (FanOutServer server = contestant.start();
                Drive drive = drive(contestant, server)) {
            drive.runEvents(3 * Drive.WINDOW_EVENTS + 7);

            assertThat(server.subscribers()).isEqualTo(SUBSCRIBERS);
            assertThat(drive.received()).isEqualTo(SUBSCRIBERS * server.fed());
        }
    }

    @ParameterizedTest
    @EnumSource
    void laterSubscribersBeginWhereTheFirstOnesEnded(Contestant contestant) throws IOException {
        try (FanOutServer server = contestant.start()) {
            try (Drive first = drive(contestant, server)) {
                first.runEvents(1000);
            }
            try (Drive second = drive(contestant, server)) {
                second.runEvents(1000);
            }

            assertThat(server.fed()).isEqualTo(2000);
            assertThat(server.subscribers()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWindowCountsWhatArrivedInIt(Contestant contestant) throws IOException {
        try (FanOutServer server = contestant.start();
                Drive drive = drive(contestant, server)) {
            FanOutSample sample = drive.run(Duration.ofMillis(50), Duration.ofMillis(200));

            assertThat(sample.window()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(20));
            assertThat(sample.deliveries()).isPositive().isLessThanOrEqualTo(SUBSCRIBERS * server.fed());
            assertThat(sample.messages()).isPositive().isLessThanOrEqualTo(sample.deliveries());
            assertThat(drive.received()).isEqualTo(SUBSCRIBERS * server.fed());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSubscriberThatExpectsAnotherEventFailsTheRun(Contestant contestant) throws IOException {
        try (FanOutServer server = contestant.start();
                Subscribers subscribers = Subscribers.open(contestant, server.port(), 1, 1)) {
            await().until(() -> subscribers.areOpened() && server.subscribers() == 1);

            server.feedUntil(1);

            await().untilAsserted(() -> assertThatIllegalStateException()
                    .isThrownBy(subscribers::check)
                    .withMessageContaining("expected the event at 1"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerObeysTheLinesItIsSentAndEndsWithThem(Contestant contestant) throws IOException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try (FanOutServer server = contestant.start()) {
            ServerMain.obey(
                    server,
                    new BufferedReader(new StringReader("feed 10\nsubscribers\nfeed 12\n")),
                    new PrintStream(answers, true, StandardCharsets.US_ASCII));

            assertThat(server.fed()).isEqualTo(12);
            assertThat(answers.toString(StandardCharsets.US_ASCII))
                    .isEqualToNormalizingNewlines("port " + server.port() + "\nsubscribers 0\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerRunsInAProcessOfItsOwnWhoseTimeIsCounted(Contestant contestant) throws IOException {
        try (ServerProcess server = ServerProcess.start(contestant);
                Drive drive = Drive.of(contestant, server, 2, server::cpuTime)) {
            drive.runEvents(5000);

            assertThat(drive.received()).isEqualTo(2 * 5000);
            assertThat(server.cpuTime()).isPositive();
        }
    }

    private static Drive drive(Contestant contestant, FanOutServer server) {
        return Drive.of(contestant, server, SUBSCRIBERS, () -> Duration.ofNanos(System.nanoTime()));
    }
}
