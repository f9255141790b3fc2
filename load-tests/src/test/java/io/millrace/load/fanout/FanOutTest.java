// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.millrace.load.process.Usage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both servers in this process, with real calls over the loopback. */
class FanOutTest {
    private static final int SUBSCRIBERS = 5;

    @ParameterizedTest
    @EnumSource
    void everySubscriberGetsEveryEventOnceAndInOrder(Contestant contestant) throws IOException {
        try (Contender contender = here(contestant);
                Drive drive = Drive.of(contender, SUBSCRIBERS)) {
            drive.runEvents(3 * Drive.WINDOW_EVENTS + 7);

            assertThat(contender.server().subscribers()).isEqualTo(SUBSCRIBERS);
            assertThat(drive.received())
                    .isEqualTo(SUBSCRIBERS * contender.feeder().fed());
        }
    }

    @ParameterizedTest
    @EnumSource
    void laterSubscribersBeginWhereTheFirstOnesEnded(Contestant contestant) throws IOException {
        try (Contender contender = here(contestant)) {
            try (Drive first = Drive.of(contender, SUBSCRIBERS)) {
                first.runEvents(1000);
            }
            try (Drive second = Drive.of(contender, SUBSCRIBERS)) {
                second.runEvents(1000);
            }

            assertThat(contender.feeder().fed()).isEqualTo(2000);
            assertThat(contender.server().subscribers()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWindowCountsWhatArrivedInIt(Contestant contestant) throws IOException {
        try (Contender contender = here(contestant);
                Drive drive = Drive.of(contender, SUBSCRIBERS)) {
            FanOutSample sample = drive.run(Duration.ofMillis(50), Duration.ofMillis(200));

            assertThat(sample.window()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(20));
            assertThat(sample.deliveries())
                    .isPositive()
                    .isLessThanOrEqualTo(SUBSCRIBERS * contender.feeder().fed());
            assertThat(sample.messages()).isPositive().isLessThanOrEqualTo(sample.deliveries());
            assertThat(drive.received())
                    .isEqualTo(SUBSCRIBERS * contender.feeder().fed());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSubscriberThatExpectsAnotherEventFailsTheRun(Contestant contestant) throws IOException {
        try (Contender contender = here(contestant);
                Subscribers subscribers =
                        Subscribers.open(contestant, contender.server().port(), 1, 1)) {
            await().until(() -> subscribers.areOpened() && contender.server().subscribers() == 1);

            contender.feeder().feedUntil(1);

            await().untilAsserted(() -> assertThatIllegalStateException()
                    .isThrownBy(subscribers::check)
                    .withMessageContaining("expected the event at 1"));
        }
    }

    @Test
    void aServerThatMakesItsEventsObeysTheLinesItIsSentAndEndsWithThem() throws IOException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try (FanOutServer server = Contestant.BASELINE.start();
                Subscribers subscribers = Subscribers.open(Contestant.BASELINE, server.port(), 1, 0)) {
            await().until(() -> server.subscribers() == 1);

            ServerMain.obey(
                    server,
                    new BufferedReader(new StringReader("make 10\nsubscribers\nmake 12\n")),
                    new PrintStream(answers, true, StandardCharsets.US_ASCII));

            await().until(() -> subscribers.slowest() == 12);
            assertThat(answers.toString(StandardCharsets.US_ASCII))
                    .isEqualToNormalizingNewlines("port " + server.port() + "\nsubscribers 1\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerRunsInAProcessOfItsOwnWhoseCostIsKnown(Contestant contestant) throws IOException {
        try (Contender contender = Contender.start(contestant);
                Drive drive = Drive.of(contender, 2)) {
            drive.runEvents(5000);

            assertThat(drive.received()).isEqualTo(2 * 5000);
            assertThat(contender.usage().get().cpu()).isPositive();
            assertThat(contender.compiled().get()).isPositive();
            assertThat(contender.usage().get().residentBytes()).isGreaterThan(10 << 20);
        }
    }

    @Test
    void thePumpSendsWholeFramesToReceiversThatCountThem() throws IOException {
        try (Pump pump = Pump.start(2)) {
            FanOutSample sample = pump.run(Duration.ofMillis(50), Duration.ofMillis(100));

            assertThat(sample.deliveries()).isPositive();
            assertThat(sample.messages()).isPositive();
        }
    }

    private static Contender here(Contestant contestant) throws IOException {
        FanOutServer server = contestant.start();
        return new Contender(
                contestant,
                server,
                contestant.feeder(server),
                () -> new Usage(Duration.ofNanos(System.nanoTime()), 0),
                () -> Duration.ZERO);
    }
}
