// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.v1.PublishAck;
import io.millrace.v1.PublishBatch;
import io.millrace.v1.PublishFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every event between publication and acknowledgement, in the order of publication. Thread-safe; calls nobody.
 */
final class PublishWindow {
    /*
     * An event moves through three queues and never overtakes another:
     *   queued  waits for a stream that takes it
     *   sent    is on its way; its streamSequence is its number on the stream in progress
     *   settled has its answer and waits for the worker to tell it
     * A marker and an event that was refused here are settled in their turn, without being sent. When a stream breaks,
     * what is sent goes back to the front of what is queued, so the order of every key survives a resend. Under a name
     * an event keeps its number on all streams, as far as the server has settled it: the others are numbered again, for
     * one that was given up meanwhile must not leave a hole.
     */
    private static final int BATCH_HEADER_BYTES = 32;

    /** See {@link #firstSequence}. */
    static final long NOT_NUMBERED = 0;

    private final ProducerOptions options;
    private final Deque<Pending> queued = new ArrayDeque<>();
    private final Deque<Pending> sent = new ArrayDeque<>();
    private List<Pending> settled = new ArrayList<>();
    private long heldEvents;
    private long heldBytes;
    private long nextSequence = 1;
    private long nextStreamSequence = 1;
    /** On the stream in progress lower numbers are settled. */
    private long firstUnsettled = 1;

    private long lastAnswered;
    private long firstSequence;
    private @Nullable MillraceException failure;
    private boolean streaming;
    private boolean closed;

    PublishWindow(ProducerOptions options) {
        this.options = options;
        this.firstSequence = options.exactlyOnce() ? NOT_NUMBERED : 1;
    }

    /** Events that may still be taken in; negative when there are more than there should be. */
    synchronized long freeEvents() {
        return options.maxUnsettledEvents() - heldEvents;
    }

    /** Bytes that may still be taken in; negative when there are more than there should be. */
    synchronized long freeBytes() {
        return options.maxUnsettledBytes() - heldBytes;
    }

    /** Takes an event or a marker in. False when the window is closed. */
    synchronized boolean add(Pending pending) {
        if (closed) {
            return false;
        }
        if (failure != null && failure.is(Reason.PRODUCER_FENCED) && pending.isToBeSent()) {
            pending.failedWith(failure); // another stream of ours would end that of the successor
        }
        if (!pending.isMarker()) {
            pending.number(nextSequence++);
            heldEvents++;
            heldBytes += pending.eventBytes();
        }
        queued.addLast(pending);
        settleThoseInFront();
        return true;
    }

    /** Takes this marker in, and nothing after it. */
    synchronized void close(Pending marker) {
        add(marker);
        closed = true;
    }

    /** True when nothing is to be sent or answered any more, nor will be. */
    synchronized boolean isFinished() {
        return closed && queued.isEmpty() && sent.isEmpty();
    }

    /**
     * True, once, when there is something to send, or the server is to be asked for the first sequence, and no stream to
     * do it on.
     */
    synchronized boolean needsStream(boolean asked) {
        boolean needed = !streaming && (!queued.isEmpty() || (asked && firstSequence == NOT_NUMBERED));
        streaming |= needed;
        failure = needed ? null : failure;
        return needed;
    }

    /**
     * A stream numbers its events from here; lower numbers are settled. Under a name, throws PRODUCER_FORGOTTEN when the
     * server does not know what it has answered, and PRODUCER_FENCED when it knows what was never sent here.
     */
    synchronized void open(long firstUnsettledSequence) {
        if (options.exactlyOnce() && firstSequence != NOT_NUMBERED) {
            requireOurs(firstUnsettledSequence);
        }
        firstUnsettled = firstUnsettledSequence;
        nextStreamSequence = firstUnsettledSequence;
        firstSequence = firstSequence == NOT_NUMBERED ? firstUnsettledSequence : firstSequence;
    }

    private void requireOurs(long firstUnsettledSequence) {
        String goesOn = "the server goes on at event " + firstUnsettledSequence + " of producer '"
                + options.producerId() + "', ";
        if (firstUnsettledSequence <= lastAnswered) {
            throw MillraceException.of(Reason.PRODUCER_FORGOTTEN, goesOn + "and has answered event " + lastAnswered);
        }
        if (firstUnsettledSequence > nextStreamSequence) {
            throw MillraceException.of(
                    Reason.PRODUCER_FENCED, goesOn + "and event " + nextStreamSequence + " has not been sent here");
        }
    }

    /** The number of this producer's first event, or {@link #NOT_NUMBERED} while the server has not told it. */
    synchronized long firstSequence() {
        return firstSequence;
    }

    /** Why the last stream has ended for good; absent while there is one, or will be. */
    synchronized @Nullable MillraceException failure() {
        return failure;
    }

    /** True when the stream in progress owes no answer. */
    synchronized boolean isNothingOnItsWay() {
        return sent.isEmpty();
    }

    /**
     * The next batch of what is queued, or {@code null} when nothing is or the room is too small.
     *
     * @param roomEvents most events
     * @param roomBytes most bytes of the message
     * @param maxEventBytes events over this are refused here
     */
    synchronized @Nullable PublishBatch nextBatch(long roomEvents, long roomBytes, long maxEventBytes) {
        PublishBatch.Builder batch = PublishBatch.newBuilder();
        long bytes = BATCH_HEADER_BYTES;
        for (Pending next = queued.peekFirst(); next != null; next = queued.peekFirst()) {
            refuseIfTooLarge(next, maxEventBytes);
            if (next.isToBeSent()) {
                int events = batch.getEventsCount();
                long number = numberOf(next);
                bytes += next.frameBytes();
                if (events + 1 > roomEvents
                        || bytes > roomBytes
                        || (events > 0 && (isFull(events, bytes) || number != batch.getFirstSequence() + events))) {
                    break;
                }
                if (events == 0) {
                    batch.setFirstSequence(number);
                }
                next.sentAs(number);
                nextStreamSequence = Math.max(nextStreamSequence, number + 1);
                batch.addEvents(next.message());
            }
            sent.addLast(queued.removeFirst());
        }
        settleThoseInFront();
        return batch.getEventsCount() == 0
                ? null
                : batch.setAnsweredThroughSequence(answeredThrough()).build();
    }

    /** Its own, where the server has settled it under that number; else the next one. */
    private long numberOf(Pending pending) {
        long own = pending.streamSequence();
        return own != NOT_NUMBERED && own < firstUnsettled ? own : nextStreamSequence;
    }

    /** Under a name, the number before that of the oldest event on its way. */
    private long answeredThrough() {
        return options.exactlyOnce() ? firstNumberedIn(sent) - 1 : 0;
    }

    private static long firstNumberedIn(Deque<Pending> pendings) {
        for (Pending pending : pendings) {
            if (pending.streamSequence() != NOT_NUMBERED) {
                return pending.streamSequence();
            }
        }
        return NOT_NUMBERED;
    }

    /** Settles what an acknowledgement answers. Throws CHAIN_BROKEN when it leaves out an event before. */
    synchronized void settle(PublishAck ack) {
        Map<Long, MillraceException> failures = failures(ack);
        for (int i = 0; i < ack.getOffsetsCount(); i++) {
            long number = ack.getFirstSequence() + i;
            settleThoseInFront();
            Pending next = sent.peekFirst();
            if (next == null || number < next.streamSequence()) {
                continue; // it was given up before
            }
            if (number > next.streamSequence()) {
                throw MillraceException.of(
                        Reason.CHAIN_BROKEN, "event " + number + " was answered before " + next.streamSequence());
            }
            MillraceException failure = failures.get(number);
            if (failure != null) {
                next.failedWith(failure);
            } else {
                next.storedAt(ack.getPartitions(i), ack.getOffsets(i));
            }
            if (options.exactlyOnce()) {
                next.number(number);
                lastAnswered = number;
            }
            settled.add(sent.removeFirst());
        }
        settleThoseInFront();
    }

    /** The stream broke, another follows: what it owed an answer is sent again or given up. */
    synchronized void takeBack(MillraceException cause) {
        if (options.onUnknown() == OnUnknown.FAIL) {
            giveUpSent(cause);
        }
        while (!sent.isEmpty()) {
            Pending last = sent.removeLast();
            if (!options.exactlyOnce()) {
                last.takeBack();
            }
            queued.addFirst(last);
        }
        settleThoseInFront();
    }

    /** The stream has ended and none follows: everything is given up. */
    synchronized void giveUp(MillraceException cause) {
        streaming = false;
        failure = cause;
        giveUpSent(cause);
        for (Pending next = queued.pollFirst(); next != null; next = queued.pollFirst()) {
            giveUp(next, cause);
        }
    }

    /** Gives up what has waited too long. */
    synchronized void expire(long nowNanos, @Nullable MillraceException lastBreak) {
        for (Pending oldest = oldest(); oldest != null && isDue(oldest, nowNanos); oldest = oldest()) {
            (sent.isEmpty() ? queued : sent).removeFirst();
            giveUp(oldest, oldest.wasSent() ? notAnswered() : notSent(lastBreak));
        }
        settleThoseInFront();
    }

    /** When the oldest event has waited too long; absent when there is none. */
    synchronized @Nullable Long nextDeadlineNanos() {
        Pending oldest = oldest();
        return oldest == null ? null : (Long) oldest.deadlineNanos();
    }

    /** True when something waits to be told. */
    synchronized boolean hasSettled() {
        return !settled.isEmpty();
    }

    /** What has its answer and waits to be told; the caller tells it and then calls {@link #release}. */
    synchronized List<Pending> takeSettled() {
        List<Pending> taken = settled;
        settled = new ArrayList<>();
        return taken;
    }

    /** These have been told: there is room for others. */
    synchronized void release(List<Pending> told) {
        for (Pending pending : told) {
            heldEvents -= pending.isMarker() ? 0 : 1;
            heldBytes -= pending.eventBytes();
        }
    }

    private boolean isFull(int events, long bytesWithNext) {
        return events == options.maxBatchEvents() || bytesWithNext > options.maxBatchBytes();
    }

    private static void refuseIfTooLarge(Pending pending, long maxEventBytes) {
        if (pending.isToBeSent() && pending.eventBytes() > maxEventBytes) {
            pending.failedWith(MillraceException.of(Refusal.eventTooLarge(pending.eventBytes(), maxEventBytes)));
        }
    }

    /** Markers and refused events whose turn has come. */
    private void settleThoseInFront() {
        for (Pending oldest = oldest(); oldest != null && !oldest.isToBeSent(); oldest = oldest()) {
            settled.add((sent.isEmpty() ? queued : sent).removeFirst());
        }
    }

    private @Nullable Pending oldest() {
        return sent.isEmpty() ? queued.peekFirst() : sent.peekFirst();
    }

    private void giveUpSent(MillraceException cause) {
        for (Pending next = sent.pollFirst(); next != null; next = sent.pollFirst()) {
            giveUp(next, cause);
        }
    }

    /** Of an event that was sent nobody knows whether it is stored, whatever became of its stream. */
    private void giveUp(Pending pending, MillraceException cause) {
        if (pending.isToBeSent()) {
            pending.failedWith(pending.wasSent() ? unknown(cause) : cause);
        }
        settled.add(pending);
    }

    private static boolean isDue(Pending pending, long nowNanos) {
        return pending.deadlineNanos() - nowNanos <= 0;
    }

    private static MillraceException unknown(MillraceException cause) {
        return cause.is(Reason.PUBLISH_OUTCOME_UNKNOWN)
                ? cause
                : MillraceException.of(
                        Reason.PUBLISH_OUTCOME_UNKNOWN,
                        "the event was sent but not answered: " + cause.getMessage(),
                        cause);
    }

    private MillraceException notAnswered() {
        return MillraceException.of(
                Reason.PUBLISH_OUTCOME_UNKNOWN,
                "the event was sent but not answered within "
                        + options.ackTimeout().toMillis() + " ms");
    }

    private MillraceException notSent(@Nullable MillraceException lastBreak) {
        String waited = "the event was not sent within " + options.ackTimeout().toMillis() + " ms";
        return lastBreak == null
                ? MillraceException.of(Reason.PUBLISH_WINDOW_FULL, waited + ": the server gave no room for it")
                : lastBreak.withPrefix(waited + ": ");
    }

    private static Map<Long, MillraceException> failures(PublishAck ack) {
        if (ack.getFailuresCount() == 0) {
            return Map.of();
        }
        Map<Long, MillraceException> failures = new HashMap<>();
        for (PublishFailure failure : ack.getFailuresList()) {
            failures.put(failure.getSequence(), MillraceException.ofStatus(failure.getError()));
        }
        return failures;
    }
}
