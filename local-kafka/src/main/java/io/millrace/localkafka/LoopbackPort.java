// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports on 127.0.0.1, the only address a local node is bound to. */
final class LoopbackPort {
    /*
     * Free ports are taken from below every common range of ephemeral ports (Linux begins at 32768, others at 49152).
     * A port from inside that range can be lost while the node is down: a client that reconnects to 127.0.0.1:P in a
     * loop is given P as its own port sooner or later, connects to itself (TCP simultaneous open), and the node cannot
     * bind P any more. The supervisor needs the port to stay.
     */
    private static final int FIRST = 20_000;
    private static final int LAST = 32_767;
    private static final int TRIES = 1_000;

    private LoopbackPort() {}

    static int anyFree() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("found no free port from " + FIRST + " to " + LAST + " in " + TRIES + " tries");
    }

    static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (java.net.BindException taken) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
