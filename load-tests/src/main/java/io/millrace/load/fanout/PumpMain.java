// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.broker.frame.EventFramer;
import io.millrace.core.log.StoredEvent;
import io.millrace.load.sample.SampleEvents;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/**
 * The least that a server can do: writes the same block of framed events to every connection for as long as it takes
 * it, a thread each. Says {@code port N} on standard output, and ends when its input does.
 */
public final class PumpMain {
    private static final long RECORD_TIME_MILLIS = 1_767_225_600_123L;
    private static final int BLOCK_BYTES = 64 * 1024;

    private PumpMain() {}

    /** Serves until its input ends. */
    public static void main(String[] arguments) throws IOException {
        byte[] block = block();
        try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            Thread accepting = new Thread(() -> accept(server, block), "pump-accept");
            accepting.setDaemon(true);
            accepting.start();
            System.out.println(ServerMain.PORT + " " + server.getLocalPort());
            while (System.in.read() >= 0) {
                // nothing is said to a pump
            }
        }
        System.exit(0);
    }

    /** Whole events with tag and length, as they stand in a batch. */
    static byte[] block() {
        SampleEvents samples = new SampleEvents();
        EventFramer framer = new EventFramer();
        byte[] block = new byte[BLOCK_BYTES];
        int filled = 0;
        for (long offset = 0; ; offset++) {
            int length = framer.frame(new StoredEvent(offset, RECORD_TIME_MILLIS, samples.at(offset)));
            if (filled + length > block.length) {
                return Arrays.copyOf(block, filled);
            }
            System.arraycopy(framer.buffer(), framer.start(), block, filled, length);
            filled += length;
        }
    }

    private static void accept(ServerSocket server, byte[] block) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread writing = new Thread(() -> pump(socket, block), "pump");
                writing.setDaemon(true);
                writing.start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void pump(Socket socket, byte[] block) {
        try (socket;
                OutputStream out = socket.getOutputStream()) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            // the receiver has had enough
        }
    }
}
