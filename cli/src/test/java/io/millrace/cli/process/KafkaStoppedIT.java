// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Kafka of a server is stopped while somebody publishes and somebody reads, for {@value #SECONDS_PROPERTY} seconds,
 * and goes on.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES) // the stop may be one of ten minutes
class KafkaStoppedIT {
    private static final String SECONDS_PROPERTY = "millrace.stopped.seconds";
    private static final Duration STOPPED = Duration.ofSeconds(Integer.getInteger(SECONDS_PROPERTY, 35));
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int LINES = 10_000;
    private static final int LINES_PER_SECOND = 500;

    @TempDir
    Path directory;

    @Test
    void aServerOutlivesTheStopAndEveryLineIsStoredAndReadOnce() throws IOException {
        Path input = Files.writeString(directory.resolve("lines.txt"), lines());
        try (Server server = Server.start(directory, 0)) {
            Program create = Program.run(directory, null, "topics", "create", "t", "-e", server.grpc());
            assertThat(create.exitCode()).as(create.err()).isZero();
            try (Program subscribe = Program.start(
                            directory,
                            null,
                            "subscribe",
                            "t",
                            "--from",
                            "beginning",
                            "-o",
                            "raw",
                            "-e",
                            server.grpc());
                    Program publish = publish(server, input)) {
                await().atMost(PATIENCE).until(() -> subscribe.out().length() > LINES_PER_SECOND);

                stop(server);

                assertThat(publish.exitCode()).as(publish.err()).isZero();
                await().atMost(PATIENCE).until(() -> subscribe.out().length() >= lines().length());
                assertThat(subscribe.out()).isEqualTo(lines());
                assertThat(subscribe.err()).contains("Kafka does not answer").doesNotContain("lost");
                assertThat(server.program().isAlive()).isTrue();
            }
        }
    }

    private Program publish(Server server, Path input) {
        return Program.start(
                directory,
                input,
                "publish",
                "t",
                "--as",
                "import",
                "--rate",
                Integer.toString(LINES_PER_SECOND),
                "--timeout",
                "30m",
                "-e",
                server.grpc());
    }

    private static void stop(Server server) {
        long beginNanos = System.nanoTime();
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(server.grpc()).usePlaintext().build();
        Program.signal(server.kafkaPid(), "STOP");
        try {
            await().atMost(PATIENCE).until(() -> isServing(channel, "millrace.v1.PublisherService"), is -> !is);
            await().atMost(STOPPED.plus(PATIENCE))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> isServing(channel, "") && System.nanoTime() - beginNanos >= STOPPED.toNanos());
        } finally {
            Program.signal(server.kafkaPid(), "CONT");
        }
        await().atMost(PATIENCE).until(() -> isServing(channel, "millrace.v1.PublisherService"));
        channel.shutdownNow();
    }

    private static boolean isServing(ManagedChannel channel, String service) {
        return HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.newBuilder()
                                .setService(service)
                                .build())
                        .getStatus()
                == ServingStatus.SERVING;
    }

    private static String lines() {
        return IntStream.rangeClosed(1, LINES).mapToObj(n -> n + "\n").collect(Collectors.joining());
    }
}
