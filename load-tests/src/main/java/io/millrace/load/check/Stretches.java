// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.stream.IntStream;

/**
 * What lies between any two offsets of a log: how many events, and a digest of which and where. For readers of short
 * stretches, of whom there are too many for a journal each. 16 bytes an offset; immutable, for any thread.
 */
public final class Stretches {
    /** Of each partition, how many events lie before an offset. */
    private final long[][] counts;

    /** Of each partition, the sum of the digests of the events before an offset. */
    private final long[][] digests;

    /** Of a log to which nothing is added any more. */
    public Stretches(StoredLog log) {
        counts = IntStream.range(0, log.partitions())
                .mapToObj(partition -> new long[Math.toIntExact(log.end(partition)) + 1])
                .toArray(long[][]::new);
        digests = IntStream.range(0, log.partitions())
                .mapToObj(partition -> new long[counts[partition].length])
                .toArray(long[][]::new);
        for (int partition = 0; partition < counts.length; partition++) {
            sum(log, partition);
        }
    }

    /** The digest of an event at an offset; those of several add up. */
    public static long digest(long offset, long number) {
        long mixed = (offset + 1) * 0x9E3779B97F4A7C15L ^ number * 0xC2B2AE3D27D4EB4FL;
        mixed = (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
        return mixed ^ mixed >>> 32;
    }

    /** How many events lie in {@code [from, to)}; offsets behind the end hold none. */
    public long count(int partition, long from, long to) {
        return between(counts[partition], from, to);
    }

    /** The sum of the digests of the events in {@code [from, to)}. */
    public long digest(int partition, long from, long to) {
        return between(digests[partition], from, to);
    }

    private void sum(StoredLog log, int partition) {
        for (int offset = 0; offset < counts[partition].length - 1; offset++) {
            boolean holds = log.holds(partition, offset);
            counts[partition][offset + 1] = counts[partition][offset] + (holds ? 1 : 0);
            digests[partition][offset + 1] =
                    digests[partition][offset] + (holds ? digest(offset, log.at(partition, offset)) : 0);
        }
    }

    private static long between(long[] sums, long from, long to) {
        return sums[(int) Math.min(to, sums.length - 1)] - sums[(int) Math.min(from, sums.length - 1)];
    }
}
