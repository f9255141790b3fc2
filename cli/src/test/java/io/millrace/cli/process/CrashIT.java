// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cli.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** kill -9 in the middle of publishing: whatever was acknowledged is there afterwards, in order. */
class CrashIT {
    private static final int LINES = 200_000;
    private static final int ACKNOWLEDGED_BEFORE = 20_000;

    @TempDir
    Path directory;

    @Test
    void aKilledServerLosesNothingThatItHasAcknowledged() throws IOException {
        killInTheMiddle(Server::kill);
    }

    @Test
    void aServerKilledTogetherWithItsKafkaLosesNothingThatItHasAcknowledged() throws IOException {
        killInTheMiddle(Server::killWithKafka);
    }

    private void killInTheMiddle(Consumer<Server> kill) throws IOException {
        Path input = Files.writeString(directory.resolve("lines.txt"), lines());
        Path journal = directory.resolve("acks.jsonl");
        int port = Server.freePort();
        Program publish;
        try (Server server = Server.start(directory, port)) {
            publish = Program.start(
                    directory,
                    input,
                    "publish",
                    "t",
                    "--create",
                    "--acks",
                    journal.toString(),
                    "--timeout",
                    "3m",
                    "-e",
                    server.grpc());
            await().atMost(2, TimeUnit.MINUTES).until(() -> acknowledged(journal) > ACKNOWLEDGED_BEFORE);
            kill.accept(server);
            assertThat(publish.isAlive())
                    .as("the kill came in the middle: " + publish.err())
                    .isTrue();
        }
        try (Server server = Server.start(directory, port)) {
            assertThat(publish.exitCode()).as(publish.err()).isZero();
            assertThat(publish.err()).contains("lost 127.0.0.1:" + port);
            everyAcknowledgedLineIsThereInOrder(server, journal);
        }
    }

    private void everyAcknowledgedLineIsThereInOrder(Server server, Path journal) throws IOException {
        List<String> stored = Program.run(
                        directory,
                        null,
                        "subscribe",
                        "t",
                        "--from",
                        "beginning",
                        "--exit-at-end",
                        "-o",
                        "raw",
                        "-e",
                        server.grpc())
                .lines();
        List<JsonNode> acks;
        try (Stream<String> lines = Files.lines(journal)) {
            acks = lines.map(line -> (JsonNode) Json.mapper().readTree(line)).toList();
        }
        assertThat(acks).hasSize(LINES);
        long previous = -1;
        for (int i = 0; i < LINES; i++) {
            long offset = acks.get(i).get("offset").asLong();
            assertThat(acks.get(i).get("line").asInt()).isEqualTo(i + 1);
            assertThat(offset).as("offsets rise with the lines").isGreaterThan(previous);
            assertThat(stored.get((int) offset)).isEqualTo(Integer.toString(i + 1));
            previous = offset;
        }
        assertThat(stored.stream().distinct().mapToInt(Integer::parseInt).boxed())
                .as("first appearances, at least once each")
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, LINES).boxed().toList());
    }

    private static long acknowledged(Path journal) {
        if (!Files.exists(journal)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(journal)) {
            return lines.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String lines() {
        return IntStream.rangeClosed(1, LINES).mapToObj(n -> n + "\n").collect(Collectors.joining());
    }
}
