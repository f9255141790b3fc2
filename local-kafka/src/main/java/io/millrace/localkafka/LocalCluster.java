// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Kafka cluster of three nodes for tests and load tests, each a process of its own that can be killed and started again. Two of three
 * go on without the third: topics have three replicas, of which two must be in sync, and each node is a controller too.
 *
 * <p>Its data is in the directory that is given, with the log of each node. The nodes end with the JVM that has started
 * them. One thread owns it; everything blocks.
 */
public final class LocalCluster implements AutoCloseable {
    private static final int NODES = 3;
    private static final int HEAP_MEBIBYTES = 256;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final int END_SECONDS = 60;

    private final Map<Integer, Path> homes = new TreeMap<>();
    private final Map<Integer, ClusterNode.Ports> ports = new TreeMap<>();
    private final Map<Integer, Process> processes = new TreeMap<>();

    private LocalCluster(Path directory) throws IOException {
        List<Integer> free = IntStream.generate(LoopbackPort::anyFree)
                .distinct()
                .limit(2L * NODES)
                .boxed()
                .toList();
        for (int id = 1; id <= NODES; id++) {
            homes.put(id, Files.createDirectories(directory.resolve("node" + id)));
            ports.put(id, new ClusterNode.Ports(free.get(2 * id - 2), free.get(2 * id - 1)));
        }
        ClusterNode.format(homes, ports);
    }

    /** Starts a new cluster in an empty directory, and returns when all of its nodes can be used. */
    public static LocalCluster start(Path directory) throws IOException {
        LocalCluster cluster = new LocalCluster(directory);
        try {
            List<CompletableFuture<Void>> ready =
                    cluster.homes.keySet().stream().map(cluster::launch).toList();
            ready.forEach(CompletableFuture::join);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** All nodes, those that are down too. */
    public String bootstrapServers() {
        return ports.values().stream()
                .map(node -> "127.0.0.1:" + node.clients())
                .collect(Collectors.joining(","));
    }

    /** Kills a node with SIGKILL and returns when its process has ended. Ids are those that Kafka's clients see. */
    public void kill(int id) {
        awaitEnd(Objects.requireNonNull(processes.get(id)).destroyForcibly());
    }

    /** Starts a node again that was killed, on its data and its port, and returns when it can be used. */
    public void startAgain(int id) {
        launch(id).join();
    }

    /** Kills all nodes. */
    @Override
    public void close() {
        processes.values().forEach(Process::destroyForcibly);
        processes.values().forEach(LocalCluster::awaitEnd);
    }

    private static void awaitEnd(Process process) {
        process.onExit().orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
    }

    private CompletableFuture<Void> launch(int id) {
        Path home = Objects.requireNonNull(homes.get(id));
        Path log = home.resolve("node.log");
        try {
            Process process = new ProcessBuilder(
                            NodeCommand.of(ClusterNode.class, HEAP_MEBIBYTES, log, List.of(home.toString())))
                    .redirectErrorStream(true)
                    .start();
            processes.put(id, process);
            return ready(process, "node " + id + ", see " + log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what the node says until it ends, so that it never waits for a reader. */
    private static CompletableFuture<Void> ready(Process process, String name) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    String last = "nothing";
                    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            Optional<NodeLine> said = NodeLine.parse(line);
                            said.ifPresent(word -> ready.complete(null));
                            last = line;
                        }
                    } catch (IOException e) {
                        last = e.toString();
                    }
                    ready.completeExceptionally(new IllegalStateException(name + " has ended, having said: " + last));
                },
                "local-cluster-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        return ready.orTimeout(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
