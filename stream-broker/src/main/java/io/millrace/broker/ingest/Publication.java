// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * A run of events of one topic: those that pass the intake go to the log together, the others are refused singly, and
 * the result has a line for each in the order of the run.
 */
final class Publication {
    private final List<Event> accepted;
    private final int size;
    private final Map<Integer, Refusal> refused;

    private Publication(List<Event> accepted, int size, Map<Integer, Refusal> refused) {
        this.accepted = accepted;
        this.size = size;
        this.refused = refused;
    }

    static Publication of(List<io.millrace.v1.Event> messages, EventIntake intake) {
        List<Event> accepted = new ArrayList<>(messages.size());
        Map<Integer, Refusal> refused = new HashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            try {
                accepted.add(intake.accept(messages.get(i)));
            } catch (RefusedException e) {
                refused.put(i, e.refusal());
            }
        }
        return new Publication(accepted, messages.size(), refused);
    }

    /** Appends what was accepted. A refusal of the whole append becomes the refusal of each event; faults are errors. */
    Mono<AppendResult> appendTo(EventLog log, TopicName topic) {
        if (accepted.isEmpty()) {
            return Mono.just(withRefused(new AppendResult(new int[0], new long[0], Map.of())));
        }
        Mono<AppendResult> appended = log.append(topic, accepted)
                .onErrorResume(RefusedException.class, e -> Mono.just(allRefused(accepted.size(), e.refusal())));
        return refused.isEmpty() ? appended : appended.map(this::withRefused);
    }

    /** The run for a publisher who names itself: refused events have sequences like the others. */
    NumberedRun numbered(TopicName topic, long firstSequence) {
        return new NumberedRun(topic, firstSequence, accepted, refused);
    }

    /** How many events it has, refused ones included. */
    int size() {
        return size;
    }

    private static AppendResult allRefused(int size, Refusal refusal) {
        Map<Integer, Refusal> failures = new HashMap<>();
        for (int i = 0; i < size; i++) {
            failures.put(i, refusal);
        }
        return new AppendResult(notStored(size), notStoredOffsets(size), failures);
    }

    /** Puts the events that were refused here back into their places. */
    private AppendResult withRefused(AppendResult appended) {
        int[] partitions = notStored(size);
        long[] offsets = notStoredOffsets(size);
        Map<Integer, Refusal> failures = new HashMap<>(refused);
        int from = 0;
        for (int i = 0; i < size; i++) {
            if (!refused.containsKey(i)) {
                partitions[i] = appended.partition(from);
                offsets[i] = appended.offset(from);
                Refusal failure = appended.failures().get(from);
                if (failure != null) {
                    failures.put(i, failure);
                }
                from++;
            }
        }
        return new AppendResult(partitions, offsets, failures);
    }

    private static int[] notStored(int size) {
        int[] partitions = new int[size];
        Arrays.fill(partitions, AppendResult.NOT_STORED);
        return partitions;
    }

    private static long[] notStoredOffsets(int size) {
        long[] offsets = new long[size];
        Arrays.fill(offsets, AppendResult.NOT_STORED);
        return offsets;
    }
}
