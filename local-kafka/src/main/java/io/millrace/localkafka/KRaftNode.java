// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.Feature;

/**
 * One Kafka node, broker and controller in one, in this JVM and on 127.0.0.1 only.
 *
 * <p>Whoever makes one holds the {@link DirectoryLock} of its directory. A fatal error inside Kafka halts the JVM without running its hooks, unless {@link #surviveFatalErrors} was called
 * before; so the program runs it in a child ({@link NodeMain}), and only tests run it beside other code.
 *
 * <p><b>Threads.</b> {@link #close} may be called from any thread and more than once.
 */
final class KRaftNode implements AutoCloseable {
    /*
     * KafkaRaftServer and Formatter are what Kafka's own main classes call (Kafka 4.4.0: kafka.Kafka, StorageTool).
     * The controller listens on port 0: the voter endpoint is stored with the first port, and KRaft replaces it by the
     * bound one when the only voter elects itself (KIP-853), so neither the stored nor the configured one is ever used.
     */
    private static final int NODE_ID = 1;

    private static final int BROKER_SESSION_MILLIS =
            Math.toIntExact(Duration.ofDays(1).toMillis());

    private final Path kafkaDir;
    private final KafkaRaftServer server;
    private boolean closed;

    private KRaftNode(Path kafkaDir, int port, int advertisedPort, boolean durable) {
        this.kafkaDir = kafkaDir;
        this.server = new KafkaRaftServer(
                KafkaConfig.fromProps(properties(kafkaDir, port, advertisedPort, durable), false), Time.SYSTEM);
    }

    /** Whether {@code kafkaDir} has to be formatted before a node can start on it. */
    static boolean isUnformatted(Path kafkaDir) {
        return !Files.exists(kafkaDir.resolve("meta.properties"));
    }

    /**
     * Makes {@code kafkaDir} a Kafka log directory with a cluster id of its own. It appears whole or not at all, so a
     * crash in between is simply formatted again.
     *
     * @throws IOException when the directory holds files already: they may be somebody's data
     */
    static void format(Path kafkaDir) throws IOException {
        Path unfinished = kafkaDir.resolveSibling(kafkaDir.getFileName() + ".unfinished");
        deleteTree(unfinished);
        Files.createDirectories(unfinished);
        try {
            new Formatter()
                    .setNodeId(NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(unfinished.toString())
                    .setMetadataLogDirectory(unfinished.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setHasDynamicQuorum(true)
                    .setInitialControllers(DynamicVoters.parse(NODE_ID + "@127.0.0.1:0:" + Uuid.randomUuid()))
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("could not format " + kafkaDir, e);
        }
        Files.deleteIfExists(kafkaDir); // refuses when it is not empty
        Files.move(unfinished, kafkaDir, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Starts a node on a formatted directory and returns when clients can use it, on one that has crashed too.
     *
     * @param kafkaDir the log directory
     * @param port where clients connect, not 0
     * @param durable whether every append is forced to the disk before it is acknowledged
     */
    static KRaftNode start(Path kafkaDir, int port, boolean durable) throws InterruptedException {
        return start(kafkaDir, port, port, durable);
    }

    /**
     * The same, for clients that are told to connect to another port.
     *
     * @param advertisedPort where clients are told to connect, not 0
     */
    static KRaftNode start(Path kafkaDir, int port, int advertisedPort, boolean durable) throws InterruptedException {
        if (FormerBroker.isIn(kafkaDir)) {
            FormerBroker.deregister(kafkaDir, NODE_ID);
        }
        KRaftNode node = new KRaftNode(kafkaDir, port, advertisedPort, durable);
        try {
            node.server.startup();
            return node;
        } catch (RuntimeException | Error e) {
            node.close(); // or Kafka's threads keep the JVM alive
            throw e;
        }
    }

    /** Whether a failed start failed because something listens on the port already. */
    static boolean isPortTaken(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(BindException.class::isInstance);
    }

    /**
     * From now on a fatal error inside any Kafka of this JVM is told to {@code onFatal} instead of ending the JVM; the
     * thread that met it dies.
     */
    static void surviveFatalErrors(IntConsumer onFatal) {
        Exit.Procedure procedure = (status, message) -> {
            onFatal.accept(status);
            throw new IllegalStateException("Kafka ended with status " + status + ": " + message);
        };
        Exit.setExitProcedure(procedure);
        Exit.setHaltProcedure(procedure);
    }

    /** Stops cleanly: the controller lets the broker go, logs are written, and the next start recovers nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.shutdown();
            server.awaitShutdown();
        }
    }

    @Override
    public String toString() {
        return "KRaftNode[" + kafkaDir + "]";
    }

    private static Properties properties(Path kafkaDir, int port, int advertisedPort, boolean durable) {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", Integer.toString(NODE_ID));
        p.setProperty("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:0");
        p.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + advertisedPort);
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("inter.broker.listener.name", "PLAINTEXT");
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("controller.quorum.bootstrap.servers", "127.0.0.1:0");
        p.setProperty("log.dirs", kafkaDir.toString());

        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty("message.max.bytes", Integer.toString(2 * 1024 * 1024));
        if (durable) {
            p.setProperty("log.flush.interval.messages", "1"); // holds for Kafka's own topics too
        }

        // One node: whatever would be replicated is there once.
        for (String internalTopic :
                List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            p.setProperty(internalTopic + ".num.partitions", "3");
            p.setProperty(internalTopic + ".replication.factor", "1");
        }
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        p.setProperty("add.partitions.to.txn.retry.backoff.ms", "1");
        p.setProperty(
                "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"); // abandoned ones stall readers
        p.setProperty("default.replication.factor", "1");
        p.setProperty("min.insync.replicas", "1");

        // Quick to start, to stop and to join: there is nobody to wait for.
        p.setProperty("controlled.shutdown.enable", "true");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        // Partitions are not taken from a frozen broker, for nobody else can lead them: see FormerBroker.
        p.setProperty("broker.session.timeout.ms", Integer.toString(BROKER_SESSION_MILLIS));
        p.setProperty("log.cleaner.dedupe.buffer.size", "2097152"); // 34 MB of heap in all instead of 160
        return p;
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
