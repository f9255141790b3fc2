// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.grpc.ManagedChannel;
import io.grpc.ServerBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The transport that both servers and all subscribers use: the broker's own settings, so that only the rest differs. */
final class Transports {
    /** What {@code serve} allows. */
    static final int MAX_CALLS_PER_CONNECTION = 100;

    private static final String LOOPBACK = "127.0.0.1";
    private static final int HTTP2_WINDOW_BYTES = 1024 * 1024;

    private Transports() {}

    /** Event loops: epoll where there is one. */
    static EventLoopGroup loops(String name, int threads) {
        IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers);
    }

    /** Lets the loops go without waiting for more work. */
    static void close(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 3, TimeUnit.SECONDS);
    }

    /** A server on any free port of the loopback, set up as the broker's own. */
    static ServerBuilder<?> server(EventLoopGroup acceptor, EventLoopGroup workers) {
        return NettyServerBuilder.forAddress(new InetSocketAddress(LOOPBACK, 0))
                .bossEventLoopGroup(acceptor)
                .workerEventLoopGroup(workers)
                .channelType(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .directExecutor()
                .flowControlWindow(HTTP2_WINDOW_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    /** A connection to a server on the loopback. */
    static ManagedChannel channel(int port, EventLoopGroup loops) {
        return NettyChannelBuilder.forAddress(LOOPBACK, port)
                .usePlaintext()
                .eventLoopGroup(loops)
                .channelType(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .directExecutor()
                .flowControlWindow(HTTP2_WINDOW_BYTES)
                .build();
    }
}
