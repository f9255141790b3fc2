// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on the loopback between a client and a server on this machine, which does to their connections what it is
 * told; without a fault it only forwards.
 *
 * <p><b>Demand.</b> It reads from one side only what the other side takes, and holds at most {@link #HELD_BYTES} and one
 * read for each direction of a connection.
 *
 * <p><b>Threads.</b> Safe from any thread. Connections live on one event loop; {@link #begin} and {@link #end} return
 * when all of them have been told.
 */
public final class FaultProxy implements AutoCloseable {
    /** Bytes that wait in one direction of a connection. */
    public static final int HELD_BYTES = 1 << 20;

    private static final int CONNECT_MILLIS = 5_000;
    private static final long PATIENCE_SECONDS = 10;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("fault-proxy", true), NioIoHandler.newFactory());
    private final Framing framing;
    private final SplittableRandom random;
    private final Channel listener;
    private volatile int target;
    private volatile int open;
    /* The rest belongs to the event loop. */
    private final Set<ProxiedConnection> connections = new HashSet<>();
    private @Nullable LinkFault fault;

    private FaultProxy(Framing framing, long seed) {
        this.framing = framing;
        this.random = new SplittableRandom(seed);
        this.listener = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(initializer(this::accept))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    /**
     * Listens on any free port of the loopback; resets whoever connects until {@link #forwardTo} says where to.
     *
     * @param seed of the jitter
     */
    public static FaultProxy listen(Framing framing, long seed) {
        return new FaultProxy(framing, seed);
    }

    /** New connections go to this port of the loopback from now on. */
    public void forwardTo(int port) {
        target = port;
    }

    /** Where it listens. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Where it listens, as {@code host:port}. */
    public String endpoint() {
        return "127.0.0.1:" + port();
    }

    /** Connections that are open now. */
    public int connections() {
        return open;
    }

    /** From now on this is wrong with all connections, and with new ones where the fault lasts. Ends the one before. */
    public void begin(LinkFault what) {
        onLoop(() -> {
            replace(what);
            return what;
        });
    }

    /** Nothing is wrong any more. */
    public void end() {
        onLoop(() -> {
            replace(null);
            return true;
        });
    }

    /** Resets what is open and listens no longer. */
    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        onLoop(() -> {
            all().forEach(ProxiedConnection::reset);
            return true;
        });
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** What is wrong now; on the event loop. */
    @Nullable
    LinkFault fault() {
        return fault;
    }

    /** On the event loop. */
    long jitterNanos(long most) {
        return most <= 0 ? 0 : random.nextLong(most);
    }

    void remove(ProxiedConnection connection) {
        connections.remove(connection);
        open = connections.size();
    }

    private void replace(@Nullable LinkFault next) {
        all().forEach(ProxiedConnection::faultEnded);
        fault = next;
        if (next != null) {
            all().forEach(connection -> connection.faultBegan(next));
        }
    }

    /** A copy: what happens to one connection may remove it. */
    private List<ProxiedConnection> all() {
        return new ArrayList<>(connections);
    }

    private void accept(SocketChannel client) {
        client.config().setAutoRead(false);
        ProxiedConnection connection = new ProxiedConnection(this, framing, client);
        if (target == 0) {
            connection.reset();
            return;
        }
        connections.add(connection);
        open = connections.size();
        new Bootstrap()
                .group(client.eventLoop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(initializer(connection::connecting))
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target))
                .addListener(done -> {
                    if (done.isSuccess()) {
                        connection.connected();
                    } else {
                        connection.reset();
                    }
                });
    }

    private static ChannelInitializer<SocketChannel> initializer(Consumer<SocketChannel> initialize) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                initialize.accept(channel);
            }
        };
    }

    private <T> void onLoop(Callable<T> task) {
        try {
            loop.next().submit(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the proxy has not done what it was told", e);
        }
    }
}
