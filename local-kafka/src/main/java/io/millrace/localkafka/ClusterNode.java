// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.Feature;

/**
 * One node of a {@link LocalCluster}, broker and controller in one; its main is the child, which lives as long as its
 * standard input stays open. Node ids begin at 1.
 */
final class ClusterNode {
    private static final int REPLICAS = 3;
    private static final String DIRECTORY = "kafka";
    private static final String PROPERTIES = "server.properties";

    private ClusterNode() {}

    /** Where a node listens, for clients and for the other controllers. */
    record Ports(int clients, int controllers) {}

    /** Formats a directory for each node and writes its settings there. The nodes are one cluster. */
    static void format(Map<Integer, Path> homes, Map<Integer, Ports> ports) throws IOException {
        String clusterId = Uuid.randomUuid().toString();
        DynamicVoters voters = DynamicVoters.parse(ports.entrySet().stream()
                .map(node -> node.getKey() + "@127.0.0.1:" + node.getValue().controllers() + ":" + Uuid.randomUuid())
                .collect(Collectors.joining(",")));
        String quorum = ports.values().stream()
                .map(node -> "127.0.0.1:" + node.controllers())
                .collect(Collectors.joining(","));
        for (Map.Entry<Integer, Path> node : homes.entrySet()) {
            format(node.getKey(), node.getValue().resolve(DIRECTORY), clusterId, voters);
            try (OutputStream file = Files.newOutputStream(node.getValue().resolve(PROPERTIES))) {
                properties(
                                node.getKey(),
                                node.getValue().resolve(DIRECTORY),
                                Objects.requireNonNull(ports.get(node.getKey())),
                                quorum)
                        .store(file, null);
            }
        }
    }

    /** The child: its only argument is the home of the node. Says READY when clients can use it. */
    public static void main(String[] args) throws IOException {
        PrintStream parent = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(args[0]).resolve(PROPERTIES))) {
            properties.load(file);
        }
        new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM).startup();
        parent.println(new NodeLine(NodeLine.Word.READY, properties.getProperty("node.id")).format());
        while (System.in.read() >= 0) {
            // the parent never writes; only the end counts
        }
        Runtime.getRuntime().halt(0); // whoever ends a cluster throws its data away
    }

    private static void format(int id, Path directory, String clusterId, DynamicVoters voters) throws IOException {
        Files.createDirectories(directory);
        try {
            new Formatter()
                    .setNodeId(id)
                    .setClusterId(clusterId)
                    .addDirectory(directory.toString())
                    .setMetadataLogDirectory(directory.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setHasDynamicQuorum(true)
                    .setInitialControllers(voters)
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("could not format " + directory, e);
        }
    }

    private static Properties properties(int id, Path directory, Ports ports, String quorum) {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", Integer.toString(id));
        p.setProperty(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + ports.clients() + ",CONTROLLER://127.0.0.1:" + ports.controllers());
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("inter.broker.listener.name", "PLAINTEXT");
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("controller.quorum.bootstrap.servers", quorum);
        p.setProperty("log.dirs", directory.toString());

        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty("default.replication.factor", Integer.toString(REPLICAS));
        p.setProperty("min.insync.replicas", "2");
        for (String internalTopic :
                List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            p.setProperty(internalTopic + ".num.partitions", "3");
            p.setProperty(internalTopic + ".replication.factor", Integer.toString(REPLICAS));
        }

        // A dead node is noticed within three seconds instead of nine.
        p.setProperty("broker.heartbeat.interval.ms", "500");
        p.setProperty("broker.session.timeout.ms", "3000");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("log.cleaner.dedupe.buffer.size", "2097152");
        return p;
    }
}
