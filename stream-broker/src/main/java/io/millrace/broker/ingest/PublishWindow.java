// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.broker.limits.BrokerLimits;
import io.millrace.core.log.AppendResult;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.v1.PublishAck;
import io.millrace.v1.PublishBatch;
import io.millrace.v1.PublishCredit;
import io.millrace.v1.PublishFailure;
import io.millrace.wire.StatusCodec;
import java.util.ArrayDeque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one publisher that are on their way to the log, in the order of their sequences, and the credit that
 * bounds them. Belongs to one thread.
 */
final class PublishWindow {
    /** Most events in one acknowledgement; bounds its frame to some 10 bytes each. */
    private static final int MAX_ACK_EVENTS = 8192;

    private static final int SPARING = 16;

    /** What surrounds an event on its way to Kafka: message, record, headers (decision 0018 has 640 B with 100 B of data). */
    private static final int BYTES_AROUND_AN_EVENT = 512;

    private final BrokerLimits limits;
    private final ArrayDeque<Unsettled> unsettled = new ArrayDeque<>();
    private long nextSequence = 1;
    private long firstUnsettled = 1;
    private long usedEvents;
    private long usedBytes;
    private long owedEvents;
    private long owedBytes;

    PublishWindow(BrokerLimits limits) {
        this.limits = limits;
    }

    /** Lower sequences are settled: batches of them are repeats, and may leave some out. */
    void resumeAt(long firstUnsettledSequence) {
        firstUnsettled = firstUnsettledSequence;
    }

    /**
     * The first credit.
     *
     * @param sparing true for a sixteenth of the window; the rest is owed
     */
    PublishCredit open(boolean sparing) {
        long events = limits.publishWindowEvents();
        long bytes = limits.publishWindowBytes();
        if (sparing) {
            owedEvents = events - events / SPARING;
            owedBytes = bytes - bytes / SPARING;
            usedEvents = owedEvents;
            usedBytes = owedBytes;
        }
        return PublishCredit.newBuilder()
                .setEvents(events - owedEvents)
                .setBytes(bytes - owedBytes)
                .build();
    }

    /**
     * Takes a batch in. Errors with REQUEST_INVALID, SEQUENCE_OUT_OF_ORDER or CREDIT_EXCEEDED.
     *
     * @param bytes what the batch costs in bytes of credit
     */
    Unsettled admit(PublishBatch batch, int bytes) {
        if (batch.getEventsCount() == 0) {
            throw refused(Reason.REQUEST_INVALID, "a batch without events");
        }
        long first = batch.getFirstSequence();
        if (first < nextSequence || first > Math.max(nextSequence, firstUnsettled)) {
            throw Refusal.sequenceOutOfOrder(first, Math.max(nextSequence, firstUnsettled))
                    .asException();
        }
        if (usedEvents + batch.getEventsCount() > limits.publishWindowEvents()
                || usedBytes + bytes > limits.publishWindowBytes()) {
            throw refused(
                    Reason.CREDIT_EXCEEDED,
                    "the batch of " + batch.getEventsCount() + " events and " + bytes + " bytes is over the credit");
        }
        Unsettled entry = new Unsettled(first, batch.getEventsCount(), bytes);
        nextSequence = first + entry.events;
        usedEvents += entry.events;
        usedBytes += bytes;
        unsettled.add(entry);
        return entry;
    }

    /** What events hold in memory until they are settled, where their messages have so many bytes. */
    static long heldBytes(int events, long bytes) {
        return bytes + (long) events * BYTES_AROUND_AN_EVENT;
    }

    /** True when no batch waits for the log or for its acknowledgement to be taken. */
    boolean isEmpty() {
        return unsettled.isEmpty();
    }

    /** True when the oldest batch is settled. */
    boolean hasSettled() {
        Unsettled oldest = unsettled.peek();
        return oldest != null && oldest.result != null;
    }

    /** One acknowledgement for all the settled batches at the head. */
    PublishAck nextAck() {
        PublishAck.Builder ack = PublishAck.newBuilder();
        for (Unsettled oldest = unsettled.peek();
                oldest != null && oldest.result != null && fits(ack, oldest);
                oldest = unsettled.peek()) {
            unsettled.remove();
            addTo(ack, oldest, oldest.result);
            owedEvents += oldest.events;
            owedBytes += oldest.bytes;
        }
        return ack.build();
    }

    /** Credit is told when it is worth a frame: a quarter of the window, or all of it when nothing is under way. */
    boolean owesCredit() {
        return owedEvents > 0
                && (unsettled.isEmpty()
                        || owedEvents >= limits.publishWindowEvents() / 4
                        || owedBytes >= limits.publishWindowBytes() / 4);
    }

    /** All the credit that is owed. */
    PublishCredit nextCredit() {
        PublishCredit credit = PublishCredit.newBuilder()
                .setEvents(owedEvents)
                .setBytes(owedBytes)
                .build();
        usedEvents -= owedEvents;
        usedBytes -= owedBytes;
        owedEvents = 0;
        owedBytes = 0;
        return credit;
    }

    private static boolean fits(PublishAck.Builder ack, Unsettled entry) {
        int events = ack.getOffsetsCount();
        return events == 0
                || (events + entry.events <= MAX_ACK_EVENTS && ack.getFirstSequence() + events == entry.firstSequence);
    }

    private static void addTo(PublishAck.Builder ack, Unsettled entry, AppendResult result) {
        if (ack.getOffsetsCount() == 0) {
            ack.setFirstSequence(entry.firstSequence);
        }
        for (int i = 0; i < result.size(); i++) {
            ack.addPartitions(result.partition(i));
            ack.addOffsets(result.offset(i));
        }
        for (int i = 0; i < result.duplicates(); i++) {
            ack.addDuplicateSequences(entry.firstSequence + i);
        }
        result.failures().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(failure -> ack.addFailures(PublishFailure.newBuilder()
                        .setSequence(entry.firstSequence + failure.getKey())
                        .setError(StatusCodec.toStatus(failure.getValue()))));
    }

    private static RefusedException refused(Reason reason, String message) {
        return Refusal.of(reason, message).asException();
    }

    /** A batch on its way. */
    static final class Unsettled {
        private final long firstSequence;
        private final int events;
        private final int bytes;
        private @Nullable AppendResult result;

        private Unsettled(long firstSequence, int events, int bytes) {
            this.firstSequence = firstSequence;
            this.events = events;
            this.bytes = bytes;
        }

        /** The log has answered. */
        void settle(AppendResult answer) {
            result = answer;
        }

        /** What it holds in memory until it is settled. */
        long heldBytes() {
            return PublishWindow.heldBytes(events, bytes);
        }
    }
}
