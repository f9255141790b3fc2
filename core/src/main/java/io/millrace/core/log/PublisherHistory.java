// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the events of one publisher: the last sequence that is settled, and where the latest ones are, for
 * as long as the publisher may ask again.
 *
 * <p>Remembers at most {@value #MAX_EVENTS} events, in runs. Belongs to one thread.
 */
public final class PublisherHistory {
    /** As many events as a publisher may have unsettled; it asks for no others again. */
    public static final int MAX_EVENTS = 4_096;

    private final Deque<Run> runs;
    private long lastSequence;

    private PublisherHistory(long lastSequence, Deque<Run> runs) {
        this.lastSequence = lastSequence;
        this.runs = runs;
    }

    /** Of a publisher that has published nothing. */
    public static PublisherHistory none() {
        return new PublisherHistory(0, new ArrayDeque<>());
    }

    /** As it was noted down: consecutive runs that end with the last sequence. */
    public static PublisherHistory of(long lastSequence, List<Run> runs) {
        return new PublisherHistory(lastSequence, new ArrayDeque<>(runs));
    }

    /** One that changes apart from this one. */
    public PublisherHistory copy() {
        return new PublisherHistory(lastSequence, new ArrayDeque<>(runs));
    }

    /** The last sequence that is settled; 0 when there is none. */
    public long lastSequence() {
        return lastSequence;
    }

    /** What is remembered, in the order of the sequences. */
    public List<Run> runs() {
        return List.copyOf(runs);
    }

    /** The next event is stored here. */
    public void stored(int partition, long offset) {
        add(new Run(lastSequence + 1, 1, partition, offset, null));
    }

    /** The next event was refused, for good. */
    public void refused(Reason reason) {
        add(new Run(lastSequence + 1, 1, AppendResult.NOT_STORED, AppendResult.NOT_STORED, reason));
    }

    /** The places of the events up to this sequence will not be asked for. */
    public void forgetThrough(long sequence) {
        for (Run first = runs.peekFirst(); first != null && first.firstSequence <= sequence; first = runs.peekFirst()) {
            runs.removeFirst();
            if (first.lastSequence() > sequence) {
                runs.addFirst(first.after(sequence));
            }
        }
    }

    /**
     * Answers the first {@code count} events from {@code firstSequence} on, all of which are settled, in the columns of
     * an {@link AppendResult}. An event whose place is not remembered fails with ALREADY_STORED.
     */
    public void answer(
            long firstSequence, int count, int[] partitions, long[] offsets, Map<Integer, Refusal> failures) {
        long end = firstSequence + count;
        long next = firstSequence;
        for (Run run : runs) {
            for (; next < end && next < run.firstSequence; next++) {
                forgotten((int) (next - firstSequence), next, partitions, offsets, failures);
            }
            for (; next < end && next <= run.lastSequence(); next++) {
                answer((int) (next - firstSequence), next, run, partitions, offsets, failures);
            }
        }
        for (; next < end; next++) {
            forgotten((int) (next - firstSequence), next, partitions, offsets, failures);
        }
    }

    private static void answer(
            int index, long sequence, Run run, int[] partitions, long[] offsets, Map<Integer, Refusal> failures) {
        partitions[index] = run.partition;
        if (run.refused == null) {
            offsets[index] = run.firstOffset + sequence - run.firstSequence;
        } else {
            offsets[index] = AppendResult.NOT_STORED;
            failures.put(index, Refusal.of(run.refused, "event " + sequence + " was refused at an earlier attempt"));
        }
    }

    private static void forgotten(
            int index, long sequence, int[] partitions, long[] offsets, Map<Integer, Refusal> failures) {
        partitions[index] = AppendResult.NOT_STORED;
        offsets[index] = AppendResult.NOT_STORED;
        failures.put(index, Refusal.of(Reason.ALREADY_STORED, "event " + sequence));
    }

    private void add(Run run) {
        lastSequence = run.lastSequence();
        Run newest = runs.peekLast();
        if (newest != null && newest.isContinuedBy(run)) {
            runs.removeLast();
            runs.addLast(newest.with(run));
        } else {
            runs.addLast(run);
        }
        forgetThrough(lastSequence - MAX_EVENTS);
    }

    /**
     * Consecutive events at consecutive offsets of one partition, or events that were refused for one reason.
     *
     * @param firstSequence the sequence of the first one
     * @param count how many
     * @param partition where, {@link AppendResult#NOT_STORED} where refused
     * @param firstOffset the offset of the first one, {@link AppendResult#NOT_STORED} where refused
     * @param refused why not stored
     */
    public record Run(
            long firstSequence,
            int count,
            int partition,
            long firstOffset,
            @Nullable Reason refused) {
        /** The sequence of the last one. */
        public long lastSequence() {
            return firstSequence + count - 1;
        }

        private boolean isContinuedBy(Run next) {
            return refused == next.refused
                    && partition == next.partition
                    && (refused != null || firstOffset + count == next.firstOffset);
        }

        private Run with(Run next) {
            return new Run(firstSequence, count + next.count, partition, firstOffset, refused);
        }

        private Run after(long sequence) {
            int gone = (int) (sequence + 1 - firstSequence);
            return new Run(
                    sequence + 1, count - gone, partition, refused == null ? firstOffset + gone : firstOffset, refused);
        }
    }
}
