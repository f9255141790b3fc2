// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.load.process.ChildJvm;
import io.millrace.load.process.ServeOptions;
import io.millrace.load.process.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The limit of the machine: the same frames over plain TCP on the loopback, over as many connections as Millrace's
 * subscribers have, to receivers that do nothing but walk from length to length.
 */
final class Pump implements Racer {
    private final ChildJvm process;
    private final int port;
    private final int connections;

    private Pump(ChildJvm process, int connections) {
        this.process = process;
        this.port = ServerProcess.answer(process.hear(), ServerMain.PORT);
        this.connections = connections;
    }

    /** Starts the server in a process of its own. */
    static Pump start(int connections) throws IOException {
        return new Pump(ChildJvm.start(ServeOptions.all(), PumpMain.class), connections);
    }

    @Override
    public FanOutSample run(Duration runUp, Duration window) {
        List<PumpReceiver> receivers = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                receivers.add(PumpReceiver.of(new Socket(InetAddress.getLoopbackAddress(), port)));
            }
            LockSupport.parkNanos(runUp.toNanos());
            Reading first = read(receivers);
            LockSupport.parkNanos(window.toNanos());
            return read(receivers).since(first);
        } catch (IOException e) {
            throw new UncheckedIOException("the pump has gone", e);
        } finally {
            receivers.forEach(PumpReceiver::close);
        }
    }

    private Reading read(List<PumpReceiver> receivers) {
        Usage usage = process.usage();
        return new Reading(
                System.nanoTime(),
                receivers.stream().mapToLong(PumpReceiver::events).sum(),
                receivers.stream().mapToLong(PumpReceiver::reads).sum(),
                usage.cpu());
    }

    @Override
    public void close() {
        process.close();
    }

    private record Reading(long nanos, long events, long reads, Duration cpu) {
        FanOutSample since(Reading first) {
            return new FanOutSample(
                    Duration.ofNanos(nanos - first.nanos),
                    events - first.events,
                    reads - first.reads,
                    cpu.minus(first.cpu));
        }
    }
}
