// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** The broker's own event loops: epoll where there is one, so that no other library's work runs on them. */
record Transport(EventLoopGroup acceptor, EventLoopGroup workers, Class<? extends ServerChannel> serverChannel)
        implements AutoCloseable {
    private static final long CLOSE_SECONDS = 3;

    static Transport ofThreads(int threads) {
        boolean epoll = Epoll.isAvailable();
        return new Transport(
                group("millrace-accept", 1, epoll),
                group("millrace-loop", threads, epoll),
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }

    @Override
    public void close() {
        acceptor.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private static EventLoopGroup group(String name, int threads, boolean epoll) {
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers);
    }
}
