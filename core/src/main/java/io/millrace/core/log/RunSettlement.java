// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One run on its way into a log: which of its events have still to be stored, and the answer once they are. For
 * implementations of {@link PublisherSession}. Belongs to one thread at a time.
 */
public final class RunSettlement {
    private final NumberedRun run;
    private final int duplicates;
    private final int[] partitions;
    private final long[] offsets;
    private final Map<Integer, Refusal> failures = new HashMap<>();
    private final List<Event> fresh = new ArrayList<>();
    private final int[] freshIndex;

    /**
     * Leaves out what is settled.
     *
     * @param settledThrough the last sequence that is settled, or will be by the runs before
     */
    public RunSettlement(NumberedRun run, long settledThrough) {
        this.run = run;
        this.duplicates = (int) Math.max(0, Math.min(run.size(), settledThrough - run.firstSequence() + 1));
        this.partitions = new int[run.size()];
        this.offsets = new long[run.size()];
        this.freshIndex = new int[run.events().size()];
        Arrays.fill(partitions, AppendResult.NOT_STORED);
        Arrays.fill(offsets, AppendResult.NOT_STORED);
        int next = 0;
        for (int i = 0; i < run.size(); i++) {
            Refusal refusal = run.refused().get(i);
            Event event = refusal == null ? run.events().get(next++) : null;
            if (i < duplicates) {
                continue;
            }
            if (event == null) {
                failures.put(i, refusal);
            } else {
                freshIndex[fresh.size()] = i;
                fresh.add(event);
            }
        }
    }

    /** The run. */
    public NumberedRun run() {
        return run;
    }

    /** What is to be stored, in order. */
    public List<Event> fresh() {
        return fresh;
    }

    /** True when all of it was settled before. */
    public boolean isRepeated() {
        return duplicates == run.size();
    }

    /** The fresh event at this index is stored. */
    public void stored(int index, int partition, long offset) {
        partitions[freshIndex[index]] = partition;
        offsets[freshIndex[index]] = offset;
    }

    /** The fresh event at this index is refused, for good. */
    public void refused(int index, Refusal why) {
        failures.put(freshIndex[index], why);
    }

    /** True when the fresh event at this index is refused. */
    public boolean isRefused(int index) {
        return failures.containsKey(freshIndex[index]);
    }

    /** Where one event of these is refused, refuses all of them that were not settled before, with BATCH_REFUSED. */
    public static void refuseAllWhereOneIs(List<RunSettlement> batch) {
        if (batch.stream().anyMatch(settlement -> !settlement.failures.isEmpty())) {
            Refusal why = Refusal.of(Reason.BATCH_REFUSED, "an event of the batch was refused");
            batch.forEach(settlement -> settlement.refuseRest(why));
        }
    }

    private void refuseRest(Refusal why) {
        for (int i = duplicates; i < run.size(); i++) {
            failures.putIfAbsent(i, why);
        }
    }

    /** Notes all of it in the history, whose last sequence is that of the run before, and answers. */
    public AppendResult settle(PublisherHistory history) {
        history.answer(run.firstSequence(), duplicates, partitions, offsets, failures);
        for (int i = duplicates; i < run.size(); i++) {
            Refusal failure = failures.get(i);
            if (failure == null) {
                history.stored(partitions[i], offsets[i]);
            } else {
                partitions[i] = AppendResult.NOT_STORED;
                offsets[i] = AppendResult.NOT_STORED;
                history.refused(failure.reason());
            }
        }
        return new AppendResult(partitions, offsets, failures, duplicates);
    }
}
