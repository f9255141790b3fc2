// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** Reads one connection of the pump on a thread of its own and counts the events; any thread may ask how many. */
final class PumpReceiver implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Socket socket;
    private final FrameWalk walk = new FrameWalk();
    private volatile long events;
    private volatile long reads;

    private PumpReceiver(Socket socket) {
        this.socket = socket;
    }

    static PumpReceiver of(Socket socket) {
        PumpReceiver receiver = new PumpReceiver(socket);
        Thread reading = new Thread(receiver::read, "pump-receiver");
        reading.setDaemon(true);
        reading.start();
        return receiver;
    }

    long events() {
        return events;
    }

    long reads() {
        return reads;
    }

    private void read() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = socket.getInputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                events = events + walk.over(buffer, length);
                reads = reads + 1;
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more either way
        }
    }
}
