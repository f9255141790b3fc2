// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * A node in the test's own JVM, in a temporary directory that goes with it. Quicker to start than a child and enough
 * where nobody kills it.
 *
 * <p>One at a time: a fatal error inside Kafka is told for the whole JVM, and {@link #close} fails when there was one.
 */
public final class InProcessNode implements AutoCloseable {
    private static final Queue<Integer> FATAL = new ConcurrentLinkedQueue<>();

    private final Path dataDir;
    private final DirectoryLock lock;
    private final int port;
    private final KRaftNode node;

    private InProcessNode(Path dataDir, DirectoryLock lock, int port, KRaftNode node) {
        this.dataDir = dataDir;
        this.lock = lock;
        this.port = port;
        this.node = node;
    }

    /** Starts one, not durable: it is as fast as it can be and forgets its directory anyway. */
    public static InProcessNode start() throws IOException, InterruptedException {
        KRaftNode.surviveFatalErrors(FATAL::add);
        Path dataDir = Files.createTempDirectory("millrace-kafka-");
        try {
            DirectoryLock lock = DirectoryLock.acquire(dataDir, java.time.Duration.ofSeconds(1), holder -> {});
            Path kafkaDir = dataDir.resolve("kafka");
            KRaftNode.format(kafkaDir);
            int port = LoopbackPort.anyFree();
            return new InProcessNode(dataDir, lock, port, KRaftNode.start(kafkaDir, port, false));
        } catch (DirectoryLock.HeldException impossible) {
            throw new IllegalStateException(impossible);
        } catch (IOException | RuntimeException failure) {
            deleteTree(dataDir);
            throw failure;
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() throws IOException {
        node.close();
        lock.close();
        deleteTree(dataDir);
        if (!FATAL.isEmpty()) {
            throw new IllegalStateException("Kafka met fatal errors, exit statuses " + FATAL);
        }
    }

    private static void deleteTree(Path root) {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
