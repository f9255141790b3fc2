// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.http2;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Plays scripts, one connection at a time, and reads what comes back until the server closes. Owned by one thread; holds
 * at most {@value #KEPT_BYTES} bytes of an answer, and passes over the rest.
 */
public final class ScriptRunner implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int KEPT_BYTES = 64 * 1024;

    private final InetSocketAddress server;
    private final Selector selector;
    private final ByteBuffer answer = ByteBuffer.allocate(KEPT_BYTES);
    private final ByteBuffer passedOver = ByteBuffer.allocate(KEPT_BYTES);

    /** For a server on the loopback. */
    public ScriptRunner(int port) throws IOException {
        this.server = new InetSocketAddress("127.0.0.1", port);
        this.selector = Selector.open();
    }

    /** Blocks until the server has closed the connection, or for ten seconds. */
    public RawEnding play(RawScript script) throws IOException {
        answer.clear();
        try (SocketChannel channel = SocketChannel.open(server)) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            boolean closed = exchange(channel, script);
            answer.flip();
            return new RawEnding(closed, ServerFrames.seenIn(answer));
        } finally {
            selector.selectNow(); // forgets the channel
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }

    private boolean exchange(SocketChannel channel, RawScript script) throws IOException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        try {
            for (byte[] chunk : script.chunks()) {
                if (!write(channel, ByteBuffer.wrap(chunk), script.reads(), deadline)) {
                    return false;
                }
                if (script.pauseMillis() > 0) {
                    selector.select(script.pauseMillis());
                    selector.selectedKeys().clear();
                }
            }
            channel.shutdownOutput();
            return readToEnd(channel, deadline);
        } catch (IOException reset) {
            return true; // the server wanted no more of it
        }
    }

    /** False when the time was over; the server neither read nor closed. */
    private boolean write(SocketChannel channel, ByteBuffer bytes, boolean reads, long deadline) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0
                    && !await(channel, SelectionKey.OP_WRITE | (reads ? SelectionKey.OP_READ : 0), deadline)) {
                return false;
            }
            if (reads) {
                read(channel);
            }
        }
        return true;
    }

    private boolean readToEnd(SocketChannel channel, long deadline) throws IOException {
        while (read(channel) >= 0) {
            if (!await(channel, SelectionKey.OP_READ, deadline)) {
                return false;
            }
        }
        return true;
    }

    private int read(SocketChannel channel) throws IOException {
        passedOver.clear();
        return channel.read(answer.hasRemaining() ? answer : passedOver);
    }

    private boolean await(SocketChannel channel, int operations, long deadline) throws IOException {
        long leftMillis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (leftMillis <= 0) {
            return false;
        }
        channel.keyFor(selector).interestOps(operations);
        selector.select(leftMillis);
        selector.selectedKeys().clear();
        return true;
    }
}
