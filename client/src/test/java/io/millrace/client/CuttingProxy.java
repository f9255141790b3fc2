// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** A TCP proxy that cuts connections: at once, or each one after a number of bytes from the server. For tests. */
public final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int targetPort;
    private final LongSupplier budgets;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();

    private CuttingProxy(int targetPort, LongSupplier budgets) throws IOException {
        this.targetPort = targetPort;
        this.budgets = budgets;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    /** Forwards to a port on this machine and cuts nothing by itself. */
    public static CuttingProxy to(int targetPort) {
        return to(targetPort, () -> Long.MAX_VALUE);
    }

    /** Forwards, and cuts each connection after as many bytes from the server as the supplier says. */
    public static CuttingProxy to(int targetPort, LongSupplier budgets) {
        try {
            return new CuttingProxy(targetPort, budgets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The endpoint for clients. */
    public String endpoint() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** How many connections were cut. */
    public int cuts() {
        return cuts.get();
    }

    /** Cuts every connection now; new ones are accepted. */
    public void cut() {
        for (Socket socket : sockets) {
            cut(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                start("up", () -> pump(client, server, Long.MAX_VALUE));
                start("down", () -> pump(server, client, budgets.getAsLong()));
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private void pump(Socket from, Socket to, long budget) {
        byte[] buffer = new byte[16 * 1024];
        long left = budget;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (left > 0) {
                int n = in.read(buffer);
                if (n < 0) {
                    break;
                }
                out.write(buffer, 0, (int) Math.min(n, left));
                left -= n;
            }
        } catch (IOException broken) {
            // the other direction or the test has cut it
        }
        cut(from);
        cut(to);
    }

    private void cut(Socket socket) {
        if (sockets.remove(socket)) {
            cuts.incrementAndGet();
        }
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, "cutting-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
