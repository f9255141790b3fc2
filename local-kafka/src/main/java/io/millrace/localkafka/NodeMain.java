// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The child: one {@link KRaftNode} that lives as long as its standard input stays open.
 *
 * <p>The parent holds the other end of that pipe. When it closes, because the parent wants the node to stop or because
 * the parent has died (also by {@code kill -9}), the node stops cleanly and the process ends. What the parent has to
 * know is said in {@link NodeLine}s on standard output.
 *
 * <p>Exit status: 0 after a clean stop, {@link #NOT_STARTED} when it could not start, {@link #STOP_TIMED_OUT} when a
 * clean stop took too long, 143 after SIGTERM (also clean), anything else is Kafka's or the JVM's own.
 */
final class NodeMain {
    static final int NOT_STARTED = 10;
    static final int STOP_TIMED_OUT = 11;

    private final NodeArguments arguments;
    private final PrintStream parent;
    private final CountDownLatch parentGone = new CountDownLatch(1);
    private volatile @Nullable KRaftNode running;

    private NodeMain(NodeArguments arguments, PrintStream parent) {
        this.arguments = arguments;
        this.parent = parent;
    }

    public static void main(String[] args) {
        PrintStream parent = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err); // what a library prints may not break into our lines
        NodeMain main = new NodeMain(NodeArguments.parse(List.of(args)), parent);
        main.watchParent();
        ignoreTerminalSignals();
        try {
            main.run();
            System.exit(0);
        } catch (Throwable failure) {
            main.say(NodeLine.Word.FAILED, causes(failure));
            Runtime.getRuntime().halt(NOT_STARTED);
        }
    }

    private void run() throws IOException, InterruptedException {
        try {
            // Not closed: it is held until the process has ended.
            DirectoryLock.acquire(
                    arguments.dataDir(), arguments.lockTimeout(), holder -> say(NodeLine.Word.WAITING, holder));
        } catch (DirectoryLock.HeldException held) {
            refuse(NodeLine.Word.DIRECTORY_IN_USE, held.holder());
        }
        int port = arguments.port() == LocalKafkaConfig.ANY_PORT ? LoopbackPort.anyFree() : arguments.port();
        if (!LoopbackPort.isFree(port)) {
            refuse(NodeLine.Word.PORT_TAKEN, Integer.toString(port));
        }
        Path kafkaDir = arguments.dataDir().resolve("kafka");
        if (KRaftNode.isUnformatted(kafkaDir)) {
            say(NodeLine.Word.FORMATTING, "");
            KRaftNode.format(kafkaDir);
        }
        say(NodeLine.Word.STARTING, "");
        KRaftNode node = start(kafkaDir, port);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "stop-node"));
        running = node;
        say(NodeLine.Word.READY, Integer.toString(port));
        parentGone.await();
    }

    private KRaftNode start(Path kafkaDir, int port) throws InterruptedException {
        try {
            int told = arguments.advertisedPort();
            return KRaftNode.start(
                    kafkaDir, port, told == LocalKafkaConfig.ANY_PORT ? port : told, arguments.durable());
        } catch (RuntimeException failure) {
            if (KRaftNode.isPortTaken(failure)) {
                refuse(NodeLine.Word.PORT_TAKEN, Integer.toString(port));
            }
            throw failure;
        }
    }

    /** A hook: runs after the parent has gone and after SIGTERM, while Kafka's own threads still work. */
    private void stop(KRaftNode node) {
        Thread closing = new Thread(node::close, "close-node");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(arguments.stopTimeout().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closing.isAlive()) {
            Runtime.getRuntime().halt(STOP_TIMED_OUT);
        }
    }

    private void watchParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // the parent never writes; only the end counts
                        }
                    } catch (IOException e) {
                        // a broken pipe says the same as a closed one
                    }
                    if (running == null) {
                        Runtime.getRuntime().halt(NOT_STARTED); // a half-started Kafka cannot be stopped cleanly
                    }
                    parentGone.countDown();
                },
                "watch-parent");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * Control-C and a closed terminal reach every process of the terminal. The parent decides what they mean: the node
     * has to outlive the parent's own stopping, which still writes to it.
     */
    private static void ignoreTerminalSignals() {
        for (String name : List.of("INT", "HUP")) {
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                Class<?> handler = Class.forName("sun.misc.SignalHandler");
                Object ignore = handler.getField("SIG_IGN").get(null);
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), ignore);
            } catch (ReflectiveOperationException | IllegalArgumentException notOnThisSystem) {
                // then the node stops a little early, cleanly
            }
        }
    }

    private void refuse(NodeLine.Word word, String text) {
        say(word, text);
        Runtime.getRuntime().halt(NOT_STARTED);
    }

    private void say(NodeLine.Word word, String text) {
        // A line of its own, even after half a line that a library has printed.
        parent.print("\n" + new NodeLine(word, text).format() + "\n");
        parent.flush();
    }

    /** The failure and its causes in one line, outermost first. */
    private static String causes(Throwable failure) {
        List<String> all = new ArrayList<>();
        Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .map(Throwable::toString)
                .forEach(all::add);
        return String.join(", because of ", all);
    }
}
