// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a local node needs to know; every value is checked here once.
 *
 * @param dataDir the directory of the node: its log, its lock and {@code kafka.log}; made when absent, one node at a time
 * @param kafkaPort the port on 127.0.0.1 that clients connect to; {@link #ANY_PORT} (0) chooses a free one at each start
 * @param advertisedPort the port on 127.0.0.1 that the node tells clients to use, where something stands between that
 *     forwards to {@code kafkaPort}; {@link #ANY_PORT} for {@code kafkaPort} itself
 * @param durable {@code true}: each acknowledged batch is on the disk ({@code log.flush.interval.messages=1}), so a
 *     power failure loses nothing; {@code false}: the operating system decides when, which is faster, and a power failure
 *     loses the acknowledged events of the last seconds (a crash of the process loses nothing in either mode)
 * @param startTimeout how long a start may take in all, waiting for the directory included
 * @param lockTimeout how long a start waits for another node to leave the directory
 * @param stopTimeout how long a clean stop may take before the process is killed
 * @param heapMebibytes the bound of the node's heap in MiB (2^20 bytes), at least 128
 */
public record LocalKafkaConfig(
        Path dataDir,
        int kafkaPort,
        int advertisedPort,
        boolean durable,
        Duration startTimeout,
        Duration lockTimeout,
        Duration stopTimeout,
        int heapMebibytes) {

    /** The port that stands for "any free one". */
    public static final int ANY_PORT = 0;

    public LocalKafkaConfig {
        dataDir = dataDir.toAbsolutePath().normalize();
        requirePort("Kafka port", kafkaPort);
        requirePort("advertised port", advertisedPort);
        requirePositive("start timeout", startTimeout);
        requirePositive("lock timeout", lockTimeout);
        requirePositive("stop timeout", stopTimeout);
        if (heapMebibytes < 128) {
            throw new IllegalArgumentException("heap of " + heapMebibytes + " MiB is less than 128 MiB");
        }
    }

    /**
     * A durable node in {@code dataDir} on any free port.
     *
     * <p>180 s to start (3 s are usual, 133 s were seen on a machine at load 40), 30 s for the lock, 20 s to stop,
     * and 512 MiB of heap: about 35 MiB are live when idle, and the rest is room for requests of 2 MiB from some
     * hundred connections. The heap grows by need, so an idle node takes about 250 MB of memory.
     */
    public static LocalKafkaConfig in(Path dataDir) {
        return new LocalKafkaConfig(
                dataDir,
                ANY_PORT,
                ANY_PORT,
                true,
                Duration.ofSeconds(180),
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                512);
    }

    public LocalKafkaConfig withKafkaPort(int newKafkaPort) {
        return new LocalKafkaConfig(
                dataDir, newKafkaPort, advertisedPort, durable, startTimeout, lockTimeout, stopTimeout, heapMebibytes);
    }

    /** With something in between that forwards to the node and that its clients are to go through. */
    public LocalKafkaConfig withAdvertisedPort(int newAdvertisedPort) {
        return new LocalKafkaConfig(
                dataDir, kafkaPort, newAdvertisedPort, durable, startTimeout, lockTimeout, stopTimeout, heapMebibytes);
    }

    public LocalKafkaConfig withDurable(boolean newDurable) {
        return new LocalKafkaConfig(
                dataDir, kafkaPort, advertisedPort, newDurable, startTimeout, lockTimeout, stopTimeout, heapMebibytes);
    }

    public LocalKafkaConfig withStartTimeout(Duration newStartTimeout) {
        return new LocalKafkaConfig(
                dataDir, kafkaPort, advertisedPort, durable, newStartTimeout, lockTimeout, stopTimeout, heapMebibytes);
    }

    public LocalKafkaConfig withLockTimeout(Duration newLockTimeout) {
        return new LocalKafkaConfig(
                dataDir, kafkaPort, advertisedPort, durable, startTimeout, newLockTimeout, stopTimeout, heapMebibytes);
    }

    public LocalKafkaConfig withStopTimeout(Duration newStopTimeout) {
        return new LocalKafkaConfig(
                dataDir, kafkaPort, advertisedPort, durable, startTimeout, lockTimeout, newStopTimeout, heapMebibytes);
    }

    public LocalKafkaConfig withHeapMebibytes(int newHeapMebibytes) {
        return new LocalKafkaConfig(
                dataDir, kafkaPort, advertisedPort, durable, startTimeout, lockTimeout, stopTimeout, newHeapMebibytes);
    }

    /** Where the node writes what it has to say; at most four files of 10 MB. */
    public Path logFile() {
        return dataDir.resolve("kafka.log");
    }

    private static void requirePort(String name, int value) {
        if (value < 0 || value > 65_535) {
            throw new IllegalArgumentException(name + " " + value + " is not 0..65535");
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " " + value + " is not positive");
        }
    }
}
