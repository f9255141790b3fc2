// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import java.time.Clock;

/**
 * How much a {@link MemoryEventLog} keeps, and whose time it goes by.
 *
 * @param totalBytes bound of all topics together; above it the oldest segment of any topic goes
 * @param partitionBytes bound of a partition whose topic does not set {@code retention.bytes}
 * @param clock gives the record times
 */
public record MemoryLogConfig(long totalBytes, long partitionBytes, Clock clock) {
    private static final long DEFAULT_PARTITION_BYTES = 64L << 20;

    /** Checks the bounds. */
    public MemoryLogConfig {
        if (totalBytes <= 0 || partitionBytes <= 0) {
            throw new IllegalArgumentException("bounds of " + totalBytes + " and " + partitionBytes + " bytes");
        }
    }

    /** A quarter of the heap in all, 64 MiB a partition, and the system's clock. */
    public static MemoryLogConfig defaults() {
        return new MemoryLogConfig(Runtime.getRuntime().maxMemory() / 4, DEFAULT_PARTITION_BYTES, Clock.systemUTC());
    }

    /** The same with another bound of all topics. */
    public MemoryLogConfig withTotalBytes(long bytes) {
        return new MemoryLogConfig(bytes, partitionBytes, clock);
    }

    /** The same with another bound of a partition. */
    public MemoryLogConfig withPartitionBytes(long bytes) {
        return new MemoryLogConfig(totalBytes, bytes, clock);
    }

    /** The same with another clock. */
    public MemoryLogConfig withClock(Clock other) {
        return new MemoryLogConfig(totalBytes, partitionBytes, other);
    }
}
