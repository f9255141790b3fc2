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
import java.util.Map;

/**
 * A broker process behind a proxy, where clients find it however often it is started. One thread owns it; everything
 * blocks.
 */
public final class ServedBroker implements AutoCloseable {
    private final String name;
    private final String kafka;
    private final FaultProxy link;
    private final Program program;
    private ChildJvm process;
    private int port;

    /**
     * What runs in the process.
     *
     * @param main says the port on standard output when it serves the Kafka that its only argument names, and ends when
     *     its input does
     * @param options of the Java virtual machine, behind those of {@code serve}
     * @param environment is added to this process's own
     */
    public record Program(Class<?> main, List<String> options, Map<String, String> environment) {
        /** The broker as it is. */
        public static final Program BROKER = of(BrokerMain.class);

        /** Copies the collections. */
        public Program {
            options = List.copyOf(options);
            environment = Map.copyOf(environment);
        }

        /** Another main class. */
        public static Program of(Class<?> main) {
            return new Program(main, List.of(), Map.of());
        }

        /** The same with these options. */
        public Program withOptions(List<String> other) {
            return new Program(main, other, environment);
        }

        /** The same in this environment. */
        public Program withEnvironment(Map<String, String> other) {
            return new Program(main, options, other);
        }
    }

    private ServedBroker(String name, String kafka, long seed, Program program) {
        this.name = name;
        this.kafka = kafka;
        this.program = program;
        this.link = FaultProxy.listen(Framing.HTTP2, seed);
        this.process = launch();
    }

    /** Begins to start one; {@link #awaitServing} says when it serves. */
    public static ServedBroker launch(String name, String kafka, long seed) {
        return launch(name, kafka, seed, Program.BROKER);
    }

    /** The same with a program of the caller's. */
    public static ServedBroker launch(String name, String kafka, long seed, Program program) {
        return new ServedBroker(name, kafka, seed, program);
    }

    /** Starts one; returns when it serves. */
    public static ServedBroker serve(String name, String kafka, long seed) {
        return serve(name, kafka, seed, Program.BROKER);
    }

    /** The same with a program of the caller's. */
    public static ServedBroker serve(String name, String kafka, long seed, Program program) {
        ServedBroker broker = launch(name, kafka, seed, program);
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
            all.addAll(program.options());
            return ChildJvm.start(program.environment(), all, program.main(), kafka);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
