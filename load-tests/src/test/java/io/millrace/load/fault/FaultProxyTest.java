// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real sockets on both sides; what waits has a bound. */
class FaultProxyTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int SILENCE_MILLIS = 300;
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        opened.add(server);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void withoutAFaultBytesAndEndsGoBothWays() throws IOException {
        Pair pair = connect(proxy(Framing.NONE));
        byte[] question = bytes(300_000);
        byte[] answer = bytes(200_000);

        CompletableFuture<byte[]> asked = pair.serverReadsToTheEnd();
        pair.client.getOutputStream().write(question);
        pair.client.shutdownOutput();
        assertThat(asked.join()).isEqualTo(question);
        CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> send(pair.server, answer));
        assertThat(pair.client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
        answering.join();
        pair.server.close();
        assertThat(pair.client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aSideThatTakesNothingStopsTheOtherAndLosesNothing() throws IOException {
        Pair pair = connect(proxy(Framing.NONE));
        byte[] piece = bytes(1 << 20);
        int pieces = 64;
        AtomicLong sent = new AtomicLong();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < pieces; i++) {
                send(pair.client, piece);
                sent.addAndGet(piece.length);
            }
        });

        AtomicLong before = new AtomicLong(-1);
        await("nothing more is taken")
                .pollInterval(Duration.ofMillis(SILENCE_MILLIS))
                .until(() -> before.getAndSet(sent.get()) == sent.get());
        assertThat(sent.get()).isLessThan((long) pieces * piece.length);
        for (int i = 0; i < pieces; i++) {
            assertThat(pair.server.getInputStream().readNBytes(piece.length)).isEqualTo(piece);
        }
        sending.join();
    }

    @Test
    void whoConnectsWhileThereIsNoServerIsReset() throws IOException {
        FaultProxy proxy = FaultProxy.listen(Framing.NONE, 1);
        opened.add(proxy);
        Socket client = socket(proxy.port());

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void aDelayKeepsBytesBackAndInOrder() throws IOException {
        FaultProxy proxy = proxy(Framing.NONE);
        Pair pair = connect(proxy);
        proxy.begin(new LinkFault.Delay(Duration.ofMillis(200), Duration.ofMillis(50)));
        byte[] question = bytes(100_000);

        long startNanos = System.nanoTime();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(pair.client, question));
        assertThat(pair.server.getInputStream().readNBytes(question.length)).isEqualTo(question);
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        sending.join();
        proxy.end();
        pair.exchange();
    }

    @Test
    void aNarrowLinkTakesItsTime() throws IOException {
        FaultProxy proxy = proxy(Framing.NONE);
        Pair pair = connect(proxy);
        proxy.begin(new LinkFault.Bandwidth(400_000));
        byte[] question = bytes(200_000);

        long startNanos = System.nanoTime();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(pair.client, question));
        assertThat(pair.server.getInputStream().readNBytes(question.length)).isEqualTo(question);
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThanOrEqualTo(Duration.ofMillis(450));
        sending.join();
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void aHalfOpenConnectionSwallowsOneDirectionAndIsResetAfterwards(Direction direction) throws IOException {
        FaultProxy proxy = proxy(Framing.NONE);
        Pair pair = connect(proxy);
        pair.exchange();
        proxy.begin(new LinkFault.HalfOpen(direction));
        Socket deaf = direction == Direction.TO_SERVER ? pair.server : pair.client;
        Socket hearing = direction == Direction.TO_SERVER ? pair.client : pair.server;

        send(hearing, HELLO);
        deaf.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> deaf.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        send(deaf, HELLO);
        assertThat(hearing.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);

        proxy.end();
        deaf.setSoTimeout(PATIENCE_MILLIS);
        assertThatThrownBy(() -> deaf.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> hearing.getInputStream().read()).isInstanceOf(SocketException.class);
        connect(proxy).exchange();
    }

    @Test
    void theEndOfOneSideVanishesTooWhileItsDirectionIsSwallowed() throws IOException {
        FaultProxy proxy = proxy(Framing.NONE);
        Pair pair = connect(proxy);
        pair.exchange();
        proxy.begin(new LinkFault.HalfOpen(Direction.TO_SERVER));

        pair.client.close();
        pair.server.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> pair.server.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void aResetReachesBothSidesAndNewConnectionsAreWhole() throws IOException {
        FaultProxy proxy = proxy(Framing.NONE);
        Pair pair = connect(proxy);
        pair.exchange();

        proxy.begin(new LinkFault.Reset());

        assertThatThrownBy(() -> pair.client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        assertThatThrownBy(() -> pair.server.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        connect(proxy).exchange();
    }

    @Test
    void aSlowCloseEndsBothSidesAndTakesWhatStillComesUntilItIsOver() throws IOException {
        FaultProxy proxy = proxy(Framing.NONE);
        Pair pair = connect(proxy);
        pair.exchange();

        proxy.begin(new LinkFault.SlowClose());
        assertThat(pair.client.getInputStream().read()).isEqualTo(-1);
        assertThat(pair.server.getInputStream().read()).isEqualTo(-1);
        send(pair.client, HELLO);
        assertThat(proxy.connections()).isEqualTo(1);
        connect(proxy).exchange();

        proxy.end();
        await().until(() -> proxy.connections() == 1);
    }

    @Test
    void aCorruptByteIsTheFirstOfTheNextFrameAndTheOnlyOne() throws IOException {
        FaultProxy proxy = proxy(Framing.KAFKA);
        Pair pair = connect(proxy);
        byte[] first = {0, 0, 0, 5, 'f', 'i'};
        byte[] rest = {'r', 's', 't', 0, 0, 0, 1, 'x', 0, 0, 0, 1, 'y'};
        pair.exchange(pair.client, pair.server, first);

        proxy.begin(new LinkFault.Corrupt(Direction.TO_SERVER));
        send(pair.client, rest);

        byte[] expected = rest.clone();
        expected[3] = (byte) 0xff;
        assertThat(pair.server.getInputStream().readNBytes(rest.length)).isEqualTo(expected);
        pair.exchange(pair.client, pair.server, first);
    }

    @Test
    void http2BeginsWithAPrefaceAndThenHasHeadsOfNineBytes() throws IOException {
        FaultProxy proxy = proxy(Framing.HTTP2);
        Pair pair = connect(proxy);
        proxy.begin(new LinkFault.Corrupt(Direction.TO_SERVER));
        byte[] sent = Arrays.copyOf("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 24 + 9 + 9);

        send(pair.client, sent);

        byte[] expected = sent.clone();
        expected[24] = (byte) 0xff;
        assertThat(pair.server.getInputStream().readNBytes(sent.length)).isEqualTo(expected);
    }

    @Test
    void aFaultIsTakenBackBeforeItHasFoundAFrame() throws IOException {
        FaultProxy proxy = proxy(Framing.KAFKA);
        Pair pair = connect(proxy);
        proxy.begin(new LinkFault.Corrupt(Direction.TO_CLIENT));
        proxy.end();

        pair.exchange();
    }

    private FaultProxy proxy(Framing framing) {
        FaultProxy proxy = FaultProxy.listen(framing, 1);
        proxy.forwardTo(server.getLocalPort());
        opened.add(0, proxy);
        return proxy;
    }

    private Pair connect(FaultProxy proxy) throws IOException {
        Socket client = socket(proxy.port());
        Socket accepted = server.accept();
        accepted.setSoTimeout(PATIENCE_MILLIS);
        opened.add(0, accepted);
        return new Pair(client, accepted);
    }

    private Socket socket(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        opened.add(0, socket);
        return socket;
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    private static void send(Socket to, byte[] bytes) {
        try {
            to.getOutputStream().write(bytes);
            to.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both ends of a connection through the proxy. */
    private record Pair(Socket client, Socket server) {
        /** Something goes in each direction. */
        void exchange() throws IOException {
            exchange(client, server, HELLO);
            exchange(server, client, HELLO);
        }

        void exchange(Socket from, Socket to, byte[] bytes) throws IOException {
            send(from, bytes);
            assertThat(to.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
        }

        CompletableFuture<byte[]> serverReadsToTheEnd() {
            return CompletableFuture.supplyAsync(() -> {
                try {
                    return server.getInputStream().readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
