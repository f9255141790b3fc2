// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import java.time.Duration;
import java.util.Map;

/**
 * How a {@link KafkaEventLog} uses its cluster.
 *
 * @param bootstrapServers where to find the cluster, {@code host:port,host:port}
 * @param linger how long a batch waits for company before it is sent, beside the time that it waits for the request
 *     before it, see {@link #REQUESTS_IN_FLIGHT}
 * @param batchBytes the size at which a batch is sent without waiting, for each partition
 * @param bufferBytes memory of the producer, and the bound of what is under way to Kafka; appends beyond it wait, four
 *     times as much at most
 * @param requestTimeout how long a question (offsets, administration) may take before it is refused with LOG_UNAVAILABLE
 * @param deliveryTimeout how long an append may wait for room, and how long it may then take before its outcome is
 *     called unknown
 * @param handOverTimeout how long an append may wait for the producer's memory or metadata before it is refused with
 *     LOG_UNAVAILABLE
 * @param maxCatchUpReaders the number of consumers and threads that all readers of history share
 * @param fetchBytes about how much a reader fetches at once from one partition, at least one Kafka batch
 * @param defaultReplicationFactor copies of a new topic's partitions where nothing is said: 1 on one node, 3 on a
 *     cluster; a cluster with fewer brokers gets as many as it has
 * @param clientProperties further properties of Kafka's clients by Kafka's names, for security; they win
 */
public record KafkaLogConfig(
        String bootstrapServers,
        Duration linger,
        int batchBytes,
        long bufferBytes,
        Duration requestTimeout,
        Duration deliveryTimeout,
        Duration handOverTimeout,
        int maxCatchUpReaders,
        int fetchBytes,
        int defaultReplicationFactor,
        Map<String, String> clientProperties) {
    /**
     * Requests to append that are under way to one node at a time. A batch grows while the one before it is forced to
     * the disk, so batches are as large as the disk is slow and an idle topic waits for nothing (decision 0014).
     */
    public static final int REQUESTS_IN_FLIGHT = 1;

    private static final long MAX_BUFFER_BYTES = 64L << 20;
    private static final long MIN_BUFFER_BYTES = 8L << 20;
    private static final int BUFFER_SHARE = 16;

    /** Checks the values and copies the properties. */
    public KafkaLogConfig {
        clientProperties = Map.copyOf(clientProperties);
        if (batchBytes <= 0 || bufferBytes < batchBytes || fetchBytes <= 0) {
            throw new IllegalArgumentException("sizes are positive, and the buffer holds at least a batch");
        }
        if (maxCatchUpReaders <= 0 || defaultReplicationFactor <= 0) {
            throw new IllegalArgumentException("readers and replicas are at least 1");
        }
        if (linger.isNegative() || isEmpty(requestTimeout) || isEmpty(deliveryTimeout) || isEmpty(handOverTimeout)) {
            throw new IllegalArgumentException("times are positive");
        }
    }

    /**
     * No linger, batches of 128 KiB, a sixteenth of the heap but 8 to 64 MiB of buffer, 10 s for a question, 30 s for an append, 5 s to hand one over,
     * 8 readers of 512 KiB, one replica.
     */
    public static KafkaLogConfig of(String bootstrapServers) {
        return new KafkaLogConfig(
                bootstrapServers,
                Duration.ZERO,
                128 << 10,
                bufferBytes(Runtime.getRuntime().maxMemory()),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                8,
                512 << 10,
                1,
                Map.of());
    }

    /** The same with another linger. */
    public KafkaLogConfig withLinger(Duration value) {
        return new KafkaLogConfig(
                bootstrapServers,
                value,
                batchBytes,
                bufferBytes,
                requestTimeout,
                deliveryTimeout,
                handOverTimeout,
                maxCatchUpReaders,
                fetchBytes,
                defaultReplicationFactor,
                clientProperties);
    }

    /** The same with other timeouts. */
    public KafkaLogConfig withTimeouts(Duration request, Duration delivery, Duration handOver) {
        return new KafkaLogConfig(
                bootstrapServers,
                linger,
                batchBytes,
                bufferBytes,
                request,
                delivery,
                handOver,
                maxCatchUpReaders,
                fetchBytes,
                defaultReplicationFactor,
                clientProperties);
    }

    /** The same with another number of consumers for history. */
    public KafkaLogConfig withMaxCatchUpReaders(int value) {
        return new KafkaLogConfig(
                bootstrapServers,
                linger,
                batchBytes,
                bufferBytes,
                requestTimeout,
                deliveryTimeout,
                handOverTimeout,
                value,
                fetchBytes,
                defaultReplicationFactor,
                clientProperties);
    }

    /** The same with another number of replicas for new topics. */
    public KafkaLogConfig withDefaultReplicationFactor(int value) {
        return new KafkaLogConfig(
                bootstrapServers,
                linger,
                batchBytes,
                bufferBytes,
                requestTimeout,
                deliveryTimeout,
                handOverTimeout,
                maxCatchUpReaders,
                fetchBytes,
                value,
                clientProperties);
    }

    /** The same with these further properties of Kafka's clients. */
    public KafkaLogConfig withClientProperties(Map<String, String> value) {
        return new KafkaLogConfig(
                bootstrapServers,
                linger,
                batchBytes,
                bufferBytes,
                requestTimeout,
                deliveryTimeout,
                handOverTimeout,
                maxCatchUpReaders,
                fetchBytes,
                defaultReplicationFactor,
                value);
    }

    private static long bufferBytes(long heapBytes) {
        return Math.max(MIN_BUFFER_BYTES, Math.min(MAX_BUFFER_BYTES, heapBytes / BUFFER_SHARE));
    }

    private static boolean isEmpty(Duration time) {
        return time.isZero() || time.isNegative();
    }
}
