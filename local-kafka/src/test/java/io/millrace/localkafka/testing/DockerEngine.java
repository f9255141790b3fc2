// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a Docker engine answers on this machine: a client on the path, or a socket that nobody serves, is none.
 *
 * <p>Asked before Testcontainers, which takes seconds and prints a page when it finds none. The places are the ones
 * where Testcontainers looks.
 */
record DockerEngine(URI address) {
    private static final long ANSWER_MILLIS = 3_000;

    /** The first engine of this machine that answers. */
    static Optional<DockerEngine> find() {
        return places(System.getenv(), Path.of(System.getProperty("user.home"))).stream()
                .filter(DockerEngine::answers)
                .findFirst();
    }

    /** Where an engine may be, most wanted first. */
    static List<DockerEngine> places(Map<String, String> environment, Path home) {
        List<String> addresses = new ArrayList<>();
        addresses.add(environment.get("DOCKER_HOST"));
        addresses.add(dockerHost(home.resolve(".testcontainers.properties")));
        addresses.add("unix:///var/run/docker.sock");
        if (environment.get("XDG_RUNTIME_DIR") != null) {
            addresses.add("unix://" + environment.get("XDG_RUNTIME_DIR") + "/docker.sock");
        }
        addresses.add("unix://" + home + "/.docker/run/docker.sock");
        return addresses.stream()
                .filter(address -> address != null && !address.isBlank())
                .map(address -> new DockerEngine(URI.create(address)))
                .toList();
    }

    /** Whether the engine says "OK" to a ping within three seconds. */
    boolean answers() {
        return CompletableFuture.supplyAsync(this::ping, DockerEngine::onDaemonThread)
                .completeOnTimeout(false, ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                .join();
    }

    private static void onDaemonThread(Runnable ping) {
        Thread thread = new Thread(ping, "ping-docker-engine");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean ping() {
        try (SocketChannel channel = connect()) {
            channel.write(
                    ByteBuffer.wrap("GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(64);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                // until the status line is whole
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII)
                    .matches("(?s)HTTP/1\\.. 200 .*");
        } catch (IOException | RuntimeException nobodyThere) {
            return false;
        }
    }

    private SocketChannel connect() throws IOException {
        SocketAddress where = address.getScheme().equals("unix")
                ? UnixDomainSocketAddress.of(address.getPath())
                : new InetSocketAddress(address.getHost(), address.getPort());
        SocketChannel channel = where instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        channel.connect(where);
        return channel;
    }

    private static @Nullable String dockerHost(Path propertiesFile) {
        if (!Files.isReadable(propertiesFile)) {
            return null;
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(propertiesFile)) {
            properties.load(in);
        } catch (IOException unreadable) {
            return null;
        }
        return properties.getProperty("docker.host");
    }
}
