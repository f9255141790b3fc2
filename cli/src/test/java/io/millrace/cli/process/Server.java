// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.process;

import static org.awaitility.Awaitility.await;

import io.millrace.cli.output.Json;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A {@code millrace serve} with a Kafka of its own, in processes of their own, that has said that it is ready. */
final class Server implements AutoCloseable {
    private final Program program;
    private final JsonNode ready;

    private Server(Program program, JsonNode ready) {
        this.program = program;
        this.ready = ready;
    }

    static Server start(Path directory, int grpcPort) {
        Program program = Program.start(
                directory,
                null,
                "serve",
                "--data-dir",
                directory.resolve("data").toString(),
                "--grpc-port",
                Integer.toString(grpcPort),
                "--kafka-port",
                "0",
                "-o",
                "json");
        await().atMost(3, TimeUnit.MINUTES)
                .until(() -> !program.isAlive() || program.out().endsWith("\n"));
        if (program.out().isEmpty()) {
            throw new AssertionError("the server did not start: " + program.err());
        }
        return new Server(program, Json.mapper().readTree(program.out()));
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Program program() {
        return program;
    }

    String grpc() {
        return ready.get("grpc").asString();
    }

    JsonNode ready() {
        return ready;
    }

    /** kill -9 of the server; its Kafka sees its standard input end and stops by itself. */
    void kill() {
        Program.signal(program.pid(), "KILL");
        program.exitCode();
    }

    /** kill -9 of the server and of its Kafka, which has no time for anything. */
    void killWithKafka() {
        Program.signal(kafkaPid(), "KILL");
        kill();
    }

    long kafkaPid() {
        return ready.get("kafka_pid").asLong();
    }

    @Override
    public void close() {
        if (program.isAlive()) {
            Program.signal(program.pid(), "TERM");
            program.exitCode();
        }
        program.close();
    }
}
