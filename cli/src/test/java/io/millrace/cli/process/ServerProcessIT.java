// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cli.output.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The program in processes of its own, with a real Kafka. */
class ServerProcessIT {
    @TempDir
    Path directory;

    @Test
    void whatIsPublishedIsThereAndIsThereAfterAKillAndARestartOnTheSameData() throws IOException {
        String numbers = numbers(1000);
        Path input = Files.writeString(directory.resolve("numbers.txt"), numbers);
        try (Server server = Server.start(directory, 0)) {
            Program published =
                    Program.run(directory, input, "publish", "t", "--create", "--timeout", "60s", "-e", server.grpc());
            assertThat(published.exitCode()).as(published.err()).isZero();
            assertThat(published.out()).isEmpty();
            assertThat(everything(server)).isEqualTo(numbers);

            server.kill();
        }
        try (Server server = Server.start(directory, 0)) {
            assertThat(everything(server)).isEqualTo(numbers);
        }
    }

    @Test
    void aKafkaThatDiesIsStartedAgainAndEverybodyGoesOn() throws IOException {
        Path input = Files.writeString(directory.resolve("numbers.txt"), numbers(10));
        try (Server server = Server.start(directory, 0)) {
            Program.run(directory, input, "publish", "t", "--create", "--timeout", "60s", "-e", server.grpc());

            Program.signal(server.kafkaPid(), "KILL");
            await().atMost(2, TimeUnit.MINUTES)
                    .until(() -> server.program().err().contains("is back"));
            Program published = Program.run(directory, input, "publish", "t", "-e", server.grpc(), "--timeout", "60s");

            assertThat(published.exitCode()).as(published.err()).isZero();
            assertThat(server.program().err()).contains("Kafka died");
            assertThat(everything(server)).isEqualTo(numbers(10) + numbers(10));
        }
    }

    @Test
    void aServerEndsWithZeroWhenItIsAskedToAndWithOneHundredAndThirtyOnControlC() {
        for (String signal : new String[] {"TERM", "INT"}) {
            try (Server server = Server.start(directory, 0)) {
                Program.signal(server.program().pid(), signal);
                long begin = System.nanoTime();

                assertThat(server.program().exitCode()).isEqualTo(signal.equals("TERM") ? 0 : 130);
                assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(30));
                assertThat(ProcessHandle.of(server.kafkaPid()).filter(ProcessHandle::isAlive))
                        .isEmpty();
            }
        }
    }

    @Test
    void aTakenPortIsNamedAndNothingIsLeftRunning() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            for (String option : new String[] {"--grpc-port", "--kafka-port"}) {
                String other = option.equals("--grpc-port") ? "--kafka-port" : "--grpc-port";
                Path data = directory.resolve("data" + option);

                Program serve =
                        Program.run(directory, null, "serve", "--data-dir", data.toString(), option, port, other, "0");

                assertThat(serve.exitCode()).isEqualTo(1);
                assertThat(serve.err())
                        .contains("port " + port)
                        .contains(option)
                        .hasLineCount(1);
                assertThat(serve.out()).isEmpty();
                assertThat(data).as("nothing was begun").doesNotExist();
            }
        }
    }

    @Test
    void aSubscriptionIsEndedByASignalWithEverythingItHasReceivedWritten() throws IOException {
        Path input = Files.writeString(directory.resolve("numbers.txt"), numbers(100));
        try (Server server = Server.start(directory, 0)) {
            Program.run(directory, input, "publish", "t", "--create", "--timeout", "60s", "-e", server.grpc());
            for (String signal : new String[] {"INT", "TERM"}) {
                Program subscribe = Program.start(
                        directory, null, "subscribe", "t", "--from", "beginning", "-o", "raw", "-e", server.grpc());
                await().atMost(1, TimeUnit.MINUTES).until(() -> subscribe.out().equals(numbers(100)));

                Program.signal(subscribe.pid(), signal);

                assertThat(subscribe.exitCode()).isEqualTo(130);
                assertThat(subscribe.out()).isEqualTo(numbers(100));
                assertThat(subscribe.err()).isEmpty();
            }
        }
    }

    @Test
    void aServerThatGoesAwayEndsAPublisherWithWhatWasAcknowledged() throws IOException {
        Path input = Files.writeString(directory.resolve("numbers.txt"), numbers(500_000));
        try (Server server = Server.start(directory, 0)) {
            create(server);
            Program publish = Program.start(
                    directory,
                    input,
                    "publish",
                    "t",
                    "-o",
                    "json",
                    "--timeout",
                    "8s",
                    "--rate",
                    "5000",
                    "-e",
                    server.grpc());
            await().atMost(1, TimeUnit.MINUTES)
                    .until(() -> !publish.isAlive() || everything(server).length() > 1000);

            server.killWithKafka();

            assertThat(publish.exitCode()).as(publish.err()).isEqualTo(7);
            JsonNode summary = Json.mapper().readTree(publish.out());
            assertThat(summary.get("published").asLong()).isPositive().isLessThan(500_000);
            assertThat(publish.err()).contains("no server for 8s").contains("had been acknowledged");
        }
    }

    @Test
    void theDemoProvesItselfOnARealKafkaAndLeavesNothingBehind() {
        Program demo = Program.run(directory, null, "demo", "-o", "json", "--grpc-port", "0", "--kafka-port", "0");

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        assertThat(demo.lines()).hasSize(1);
        JsonNode found = Json.mapper().readTree(demo.out());
        assertThat(found.get("verified").asBoolean()).isTrue();
        assertThat(found.get("published").asInt()).isEqualTo(20_000);
        assertThat(found.get("received_live").asInt()).isEqualTo(20_000);
        assertThat(found.get("replayed").asInt()).isPositive();
        for (String fault : new String[] {"gaps", "duplicates", "reordered", "corrupt"}) {
            assertThat(found.get(fault).asInt()).as(fault).isZero();
        }
        assertThat(found.get("log").asString()).isEqualTo("kafka");
    }

    private void create(Server server) {
        Program create = Program.run(directory, null, "topics", "create", "t", "--timeout", "60s", "-e", server.grpc());
        assertThat(create.exitCode()).as(create.err()).isZero();
    }

    private String everything(Server server) {
        Program read = Program.run(
                directory,
                null,
                "subscribe",
                "t",
                "--from",
                "beginning",
                "--exit-at-end",
                "-o",
                "raw",
                "--timeout",
                "60s",
                "-e",
                server.grpc());
        return read.exitCode() == 5 ? "" : read.out();
    }

    private static String numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(n -> n + "\n").collect(Collectors.joining());
    }
}
