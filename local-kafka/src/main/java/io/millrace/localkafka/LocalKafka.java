// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A real Kafka node in a JVM of its own, for one directory, on 127.0.0.1 only.
 *
 * <p>The node holds its directory from before its first look at the data until its process has ended, and it ends with
 * this JVM however this JVM ends. What has been acknowledged to a producer with {@code acks=all} survives a crash of
 * the node, and with {@link LocalKafkaConfig#durable()} a power failure too. Nothing the node logs reaches this JVM's
 * standard streams; it is in {@link LocalKafkaConfig#logFile()}.
 *
 * <p><b>Threads.</b> Safe from any thread. {@link #start} and {@link #close} block; one daemon thread per node reads
 * what the node says.
 *
 * <p><b>Errors.</b> A start that fails throws {@link LocalKafkaException} and leaves no process, port or lock behind. A
 * node that dies later completes {@link #onExit}; {@link LocalKafkaSupervisor} starts it again.
 */
public final class LocalKafka implements AutoCloseable {
    private final LocalKafkaConfig config;
    private final Process process;
    private final Conversation conversation;

    private LocalKafka(LocalKafkaConfig config, Process process, EventSink events) {
        this.config = config;
        this.process = process;
        this.conversation = new Conversation(config, process, events);
    }

    /** Starts a node and returns when clients can use it. */
    public static LocalKafka start(LocalKafkaConfig config) {
        return start(config, event -> {});
    }

    /**
     * Starts a node, tells {@code listener} how far it is, and returns when clients can use it.
     *
     * @throws LocalKafkaException when it did not become ready
     */
    public static LocalKafka start(LocalKafkaConfig config, Consumer<? super LocalKafkaEvent> listener) {
        LocalKafka node = new LocalKafka(config, launch(config), new EventSink(listener));
        try {
            node.conversation.awaitReady();
            return node;
        } catch (LocalKafkaException refused) {
            node.kill();
            throw refused;
        }
    }

    /** What clients connect to, {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return bootstrapServers(port());
    }

    /** The port that clients connect to: the configured one, or the free one that was found. */
    public int port() {
        return conversation.port.join();
    }

    /** The process id of the node. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process of the node runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with the exit status when the process has ended, after {@link #close} too (then it is 0). */
    public CompletableFuture<Integer> onExit() {
        return conversation.exit.copy();
    }

    /**
     * Stops the node cleanly, usually within a second, and returns when its process has ended. After {@link
     * LocalKafkaConfig#stopTimeout()} it is killed instead, which loses nothing that was acknowledged. Closing twice is
     * closing once. An interrupt ends the waiting at once, and the node is killed too.
     */
    @Override
    public void close() {
        try {
            process.getOutputStream().close(); // the end of its standard input is its sign to stop
        } catch (IOException alreadyBroken) {
            // the process has ended or is about to
        }
        try {
            conversation.exit.get(config.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException notInTime) {
            kill();
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    private void kill() {
        process.destroyForcibly();
        conversation.exit.join();
    }

    private static String bootstrapServers(int port) {
        return "127.0.0.1:" + port;
    }

    private static Process launch(LocalKafkaConfig config) {
        try {
            return new ProcessBuilder(NodeCommand.of(config))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new LocalKafkaException(new StartRefusal.Failed(e.toString(), config.logFile()));
        }
    }

    /** What the node has said: ready, or why not. Its thread reads until the process has ended, so it never blocks. */
    private static final class Conversation {
        /** Lines not meant for us, kept in case the node ends without a word of its own (a bad flag, say). */
        private static final int LAST_WORDS = 8;

        private final LocalKafkaConfig config;
        private final Process process;
        private final EventSink events;
        private final long startedNanos = System.nanoTime();
        private final CompletableFuture<Integer> port = new CompletableFuture<>();
        private final CompletableFuture<Integer> exit = new CompletableFuture<>();
        private final Deque<String> otherLines = new ArrayDeque<>(LAST_WORDS);

        Conversation(LocalKafkaConfig config, Process process, EventSink events) {
            this.config = config;
            this.process = process;
            this.events = events;
            Thread reader = new Thread(this::read, "local-kafka-" + process.pid());
            reader.setDaemon(true);
            reader.start();
        }

        void awaitReady() {
            try {
                port.get(config.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException refused) {
                throw refused.getCause() instanceof LocalKafkaException known
                        ? known
                        : new IllegalStateException(refused.getCause());
            } catch (TimeoutException e) {
                throw new LocalKafkaException(new StartRefusal.TimedOut(config.startTimeout(), config.logFile()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LocalKafkaException(new StartRefusal.Interrupted());
            }
        }

        private void read() {
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Optional<NodeLine> said = NodeLine.parse(line);
                    said.ifPresent(this::hear);
                    if (said.isEmpty() && !line.isBlank()) {
                        remember(line);
                    }
                }
            } catch (IOException e) {
                remember(e.toString());
            }
            int exitCode = awaitEnd();
            String otherWords = otherLines.isEmpty() ? "" : ": " + String.join(" | ", otherLines);
            refuse(new StartRefusal.Failed("its process ended with status " + exitCode + otherWords, config.logFile()));
            exit.complete(exitCode);
        }

        /** On this thread and not through {@link Process#onExit}, which needs the common pool to be free. */
        private int awaitEnd() {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    // nobody has a reason to; what counts is the end of the process
                }
            }
        }

        private void hear(NodeLine line) {
            Path dataDir = config.dataDir();
            switch (line.word()) {
                case WAITING -> events.tell(new LocalKafkaEvent.WaitingForDirectory(dataDir, line.text()));
                case FORMATTING -> events.tell(new LocalKafkaEvent.Formatting(dataDir));
                case STARTING -> events.tell(new LocalKafkaEvent.Starting());
                case READY -> ready(Integer.parseInt(line.text()));
                case PORT_TAKEN -> refuse(new StartRefusal.PortTaken(Integer.parseInt(line.text())));
                case DIRECTORY_IN_USE ->
                    refuse(new StartRefusal.DirectoryInUse(dataDir, line.text(), config.lockTimeout()));
                case FAILED -> refuse(new StartRefusal.Failed(line.text(), config.logFile()));
            }
        }

        private void ready(int boundPort) {
            Duration took = Duration.ofNanos(System.nanoTime() - startedNanos);
            events.tell(new LocalKafkaEvent.Ready(bootstrapServers(boundPort), process.pid(), took));
            port.complete(boundPort);
        }

        private void refuse(StartRefusal refusal) {
            port.completeExceptionally(new LocalKafkaException(refusal));
        }

        private void remember(String line) {
            if (otherLines.size() == LAST_WORDS) {
                otherLines.removeFirst();
            }
            otherLines.addLast(line);
        }
    }
}
