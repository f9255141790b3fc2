// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.fault.FaultProxy;
import io.millrace.load.fault.Framing;
import io.millrace.load.fault.Signals;
import io.millrace.load.process.ChildJvm;
import io.millrace.load.process.ServeOptions;
import io.millrace.load.process.Usage;
import io.millrace.load.stage.BrokerMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A broker process behind a proxy, where clients find it however often it is started. One thread owns it; everything
 * blocks.
 */
public final class ServedBroker implements AutoCloseable {
    private final String name;
    private final String kafka;
    private final FaultProxy link;
    private final Class<?> main;
    private final List<String> options;
    private ChildJvm process;
    private int port;

    private ServedBroker(String name, String kafka, long seed, Class<?> main, List<String> options) {
        this.name = name;
        this.kafka = kafka;
        this.main = main;
        this.options = options;
        this.link = FaultProxy.listen(Framing.HTTP2, seed);
        this.process = launch();
    }

    /** Begins to start one; {@link #awaitServing} says when it serves. */
    public static ServedBroker launch(String name, String kafka, long seed) {
        return launch(name, kafka, seed, BrokerMain.class);
    }

    /**
     * The same with a main class of the caller's.
     *
     * @param main says the port on standard output when it serves the Kafka that its only argument names, and ends when
     *     its input does
     */
    public static ServedBroker launch(String name, String kafka, long seed, Class<?> main) {
        return launch(name, kafka, seed, main, List.of());
    }

    /**
     * The same with other options of the Java virtual machine.
     *
     * @param options come behind those of {@code serve}
     */
    public static ServedBroker launch(String name, String kafka, long seed, Class<?> main, List<String> options) {
        return new ServedBroker(name, kafka, seed, main, options);
    }

    /** Starts one; returns when it serves. */
    public static ServedBroker serve(String name, String kafka, long seed) {
        return serve(name, kafka, seed, BrokerMain.class, List.of());
    }

    /** The same, as {@link #launch(String, String, long, Class, List)} says. */
    public static ServedBroker serve(String name, String kafka, long seed, Class<?> main, List<String> options) {
        ServedBroker broker = launch(name, kafka, seed, main, options);
        try {
            broker.awaitServing();
            return broker;
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /** Says a line to its main and returns the answer. */
    public String ask(String line) {
        return process.ask(line);
    }

    /** What the process has cost so far, and what it holds. */
    public Usage usage() {
        return process.usage();
    }

    /** For a person. */
    public String name() {
        return name;
    }

    /** What its clients connect through. */
    public FaultProxy link() {
        return link;
    }

    /** Where it serves itself, until it is started again. */
    public int port() {
        return port;
    }

    /** Its process, of which it is not the owner. */
    public long pid() {
        return process.pid();
    }

    /** Returns when it serves. */
    public void awaitServing() {
        port = Integer.parseInt(process.hear());
        link.forwardTo(port);
    }

    /** Starts it again, when it has ended. */
    public void start() {
        process = launch();
        awaitServing();
    }

    /** {@code kill -9}. */
    public void kill() {
        process.kill();
    }

    /** SIGTERM. */
    public void terminate() {
        process.terminate();
    }

    /** SIGSTOP. */
    public void pause() {
        Signals.pause(process.pid());
    }

    /** SIGCONT. */
    public void resume() {
        Signals.resume(process.pid());
    }

    @Override
    public void close() {
        process.close();
        link.close();
    }

    private ChildJvm launch() {
        try {
            List<String> all = new ArrayList<>(ServeOptions.all());
            all.addAll(options);
            return ChildJvm.start(all, main, kafka);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
