// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.refusal.Refusal;
import java.util.Map;

/**
 * The fate of each event of one append, in columns: one entry per event in the order of the append.
 *
 * <p>The arrays belong to the receiver. They are not copied, because acknowledgements are on the hot path.
 */
public final class AppendResult {
    /** Partition or offset of an event that was not stored. */
    public static final int NOT_STORED = -1;

    private final int[] partitions;
    private final long[] offsets;
    private final Map<Integer, Refusal> failures;
    private final int duplicates;

    /**
     * Takes the arrays over; no event had been stored before.
     *
     * @param partitions the partition of each event, {@link #NOT_STORED} where it failed
     * @param offsets the offset of each event, {@link #NOT_STORED} where it failed
     * @param failures why, by index; has an entry exactly where an event failed
     */
    public AppendResult(int[] partitions, long[] offsets, Map<Integer, Refusal> failures) {
        this(partitions, offsets, failures, 0);
    }

    /**
     * The same, where an earlier attempt had settled some of the events.
     *
     * @param duplicates how many, from the first one on; their places and failures are those of that attempt
     */
    public AppendResult(int[] partitions, long[] offsets, Map<Integer, Refusal> failures, int duplicates) {
        if (partitions.length != offsets.length) {
            throw new IllegalArgumentException("columns of different length");
        }
        this.partitions = partitions;
        this.offsets = offsets;
        this.failures = Map.copyOf(failures);
        this.duplicates = duplicates;
    }

    /** Number of events. */
    public int size() {
        return offsets.length;
    }

    /** Partition of the event at this index. */
    public int partition(int index) {
        return partitions[index];
    }

    /** Offset of the event at this index. */
    public long offset(int index) {
        return offsets[index];
    }

    /** Why events were not stored, by index; empty when all were. */
    public Map<Integer, Refusal> failures() {
        return failures;
    }

    /** How many events, from the first one on, an earlier attempt had settled already. */
    public int duplicates() {
        return duplicates;
    }
}
