// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import java.util.stream.Stream;

/** What a topic holds, as a program of the log's own has read it: the truth. 8 bytes an offset. One thread writes. */
public final class StoredLog {
    private static final long HOLE = -2;

    private final LongColumn[] partitions;

    /**
     * @param partitions how many
     * @param most offsets of each
     */
    public StoredLog(int partitions, int most) {
        this.partitions =
                Stream.generate(() -> new LongColumn(most)).limit(partitions).toArray(LongColumn[]::new);
    }

    /** The next record of a partition; offsets that are passed over hold no event. */
    public void stored(int partition, long offset, long number) {
        LongColumn column = partitions[partition];
        if (offset < column.size()) {
            throw new IllegalArgumentException("offset " + offset + " comes after " + (column.size() - 1));
        }
        while (column.size() < offset) {
            column.add(HOLE);
        }
        column.add(number);
    }

    /** The offset behind the last event of a partition. */
    public long end(int partition) {
        return partitions[partition].size();
    }

    int partitions() {
        return partitions.length;
    }

    boolean holds(int partition, long offset) {
        return partition < partitions.length && offset < end(partition) && at(partition, offset) != HOLE;
    }

    /** The number of the event at an offset below the end; only where {@link #holds} says that there is one. */
    long at(int partition, long offset) {
        return partitions[partition].get((int) offset);
    }

    /** How many events lie in {@code [from, to)}. */
    long count(int partition, long from, long to) {
        long events = 0;
        for (long offset = from; offset < Math.min(to, end(partition)); offset++) {
            events += holds(partition, offset) ? 1 : 0;
        }
        return events;
    }
}
