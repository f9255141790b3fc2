// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.fault.FaultProxy;
import io.millrace.load.fault.Framing;
import io.millrace.load.fault.Signals;
import io.millrace.load.process.ChildJvm;
import io.millrace.load.process.ServeOptions;
import io.millrace.load.stage.BrokerMain;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A broker process behind a proxy, where clients find it however often it is started. One thread owns it; everything
 * blocks.
 */
final class ServedBroker implements AutoCloseable {
    private final String name;
    private final String kafka;
    private final FaultProxy link;
    private ChildJvm process;

    private ServedBroker(String name, String kafka, long seed) {
        this.name = name;
        this.kafka = kafka;
        this.link = FaultProxy.listen(Framing.HTTP2, seed);
        this.process = launch();
    }

    /** Begins to start one; {@link #awaitServing} says when it serves. */
    static ServedBroker launch(String name, String kafka, long seed) {
        return new ServedBroker(name, kafka, seed);
    }

    String name() {
        return name;
    }

    /** What its clients connect through. */
    FaultProxy link() {
        return link;
    }

    void awaitServing() {
        link.forwardTo(Integer.parseInt(process.hear()));
    }

    void start() {
        process = launch();
        awaitServing();
    }

    void kill() {
        process.kill();
    }

    void terminate() {
        process.terminate();
    }

    void pause() {
        Signals.pause(process.pid());
    }

    void resume() {
        Signals.resume(process.pid());
    }

    @Override
    public void close() {
        process.close();
        link.close();
    }

    private ChildJvm launch() {
        try {
            return ChildJvm.start(ServeOptions.all(), BrokerMain.class, kafka);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
