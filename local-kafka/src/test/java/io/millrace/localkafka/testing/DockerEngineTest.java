// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerEngineTest {
    @TempDir
    Path home;

    @Test
    void aSocketThatAnswersAPingIsAnEngine() throws Exception {
        assertThat(engineThatSays("HTTP/1.0 200 OK\r\nServer: Docker\r\n\r\nOK").answers())
                .isTrue();
    }

    @Test
    void aSocketThatAnswersSomethingElseIsNone() throws Exception {
        assertThat(engineThatSays("HTTP/1.0 503 Service Unavailable\r\n\r\n").answers())
                .isFalse();
        assertThat(engineThatSays("").answers()).isFalse();
    }

    @Test
    void aSocketThatIsNotThereIsNone() {
        assertThat(new DockerEngine(URI.create("unix://" + home + "/docker.sock")).answers())
                .isFalse();
    }

    @Test
    void theEnvironmentComesBeforeTheUsersFileAndBothBeforeTheUsualSockets() throws Exception {
        Files.writeString(home.resolve(".testcontainers.properties"), "docker.host=tcp://127.0.0.1:2376\n");

        assertThat(DockerEngine.places(Map.of("DOCKER_HOST", "tcp://127.0.0.1:2375"), home))
                .extracting(engine -> engine.address().toString())
                .containsExactly(
                        "tcp://127.0.0.1:2375",
                        "tcp://127.0.0.1:2376",
                        "unix:///var/run/docker.sock",
                        "unix://" + home + "/.docker/run/docker.sock");
    }

    private DockerEngine engineThatSays(String answer) throws Exception {
        Path socket = Files.createTempDirectory(home, "engine").resolve("s");
        ServerSocketChannel server =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        CompletableFuture.runAsync(() -> {
            try (server;
                    SocketChannel client = server.accept()) {
                client.read(ByteBuffer.allocate(256));
                client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        return new DockerEngine(URI.create("unix://" + socket));
    }
}
