// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A client's connection and the one to the server that it is forwarded to. Lives on the proxy's event loop. */
final class ProxiedConnection {
    private final FaultProxy proxy;
    private final Pipe toServer;
    private final Pipe toClient;
    private final SocketChannel client;
    private @Nullable SocketChannel server;
    /** Bytes of it may have vanished. */
    private boolean torn;
    /** It is being closed slowly. */
    private boolean lingers;

    ProxiedConnection(FaultProxy proxy, Framing framing, SocketChannel client) {
        this.proxy = proxy;
        this.client = client;
        this.toServer = new Pipe(proxy, this, Direction.TO_SERVER, framing);
        this.toClient = new Pipe(proxy, this, Direction.TO_CLIENT, framing);
        this.torn = proxy.fault() instanceof LinkFault.HalfOpen;
        client.pipeline().addLast(toServer);
    }

    /** The connection to the server is being made. */
    void connecting(SocketChannel channel) {
        server = channel;
        channel.pipeline().addLast(toClient);
    }

    /** Both sides are there. */
    void connected() {
        SocketChannel to = server;
        if (to == null || !client.isOpen()) {
            reset();
            return;
        }
        toServer.start(client, to);
        toClient.start(to, client);
    }

    void faultBegan(LinkFault fault) {
        if (fault instanceof LinkFault.HalfOpen) {
            torn = true;
        } else if (fault instanceof LinkFault.Reset) {
            reset();
        } else if (fault instanceof LinkFault.SlowClose) {
            lingers = true;
            toServer.finish();
            toClient.finish();
        } else if (fault instanceof LinkFault.Corrupt corrupt) {
            (corrupt.direction() == Direction.TO_SERVER ? toServer : toClient).corruptNextFrame();
        }
    }

    /** Nothing of what the server sends arrives from now on. */
    void loseAnswers() {
        torn = true;
        toClient.swallow();
    }

    void faultEnded() {
        toServer.corruptNothing();
        toClient.corruptNothing();
        if (torn) {
            reset();
        } else if (lingers) {
            close();
        }
    }

    /** One side has said all that it will. */
    void ended() {
        if (!lingers && toServer.hasEnded() && toClient.hasEnded()) {
            close();
        }
    }

    /** Ends both sides with an RST, and with what was still on its way. */
    void reset() {
        lingerNot(client);
        lingerNot(server);
        close();
    }

    private static void lingerNot(@Nullable SocketChannel channel) {
        if (channel != null && channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
    }

    private void close() {
        proxy.remove(this);
        client.close();
        if (server != null) {
            server.close();
        }
        toServer.release();
        toClient.release();
    }
}
