// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The room for appends that are under way to Kafka, in bytes. An append that does not fit waits, in the order of asking,
 * until earlier ones have been answered; so publishers who keep to their windows are slowed, not refused.
 *
 * <p><b>Bounds.</b> What waits is bounded in bytes too: beyond that an append is refused with LOG_UNAVAILABLE, and so is
 * one whose turn comes only after the longest wait. An append larger than the whole room enters when it is alone.
 *
 * <p><b>Threads.</b> Safe from any thread, and waits on none. Appends are let in one at a time, on the thread that asked
 * or on the one that answered an earlier append.
 */
final class AppendRoom {
    private final long roomBytes;
    private final long maxWaitingBytes;
    private final long longestWaitNanos;
    private final LongSupplier nanoTime;
    private final Consumer<Append> onward;

    private final Queue<Waiting> line = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong enteredBytes = new AtomicLong();

    /** Counts what may have changed; whoever raises it from zero lets appends in. */
    private final AtomicInteger changes = new AtomicInteger();

    private volatile boolean closed;

    /**
     * An empty room.
     *
     * @param onward takes an append that has been let in; may answer it at once
     */
    AppendRoom(
            long roomBytes,
            long maxWaitingBytes,
            Duration longestWait,
            LongSupplier nanoTime,
            Consumer<Append> onward) {
        this.roomBytes = roomBytes;
        this.maxWaitingBytes = maxWaitingBytes;
        this.longestWaitNanos = longestWait.toNanos();
        this.nanoTime = nanoTime;
        this.onward = onward;
    }

    /** Lets the append in, now or when it fits, or refuses it. */
    void enter(Append append) {
        if (waitingBytes.addAndGet(append.bytes()) > maxWaitingBytes) {
            waitingBytes.addAndGet(-append.bytes());
            append.refuse(slow("more than " + maxWaitingBytes + " bytes wait for room already"));
            return;
        }
        line.add(new Waiting(append, nanoTime.getAsLong()));
        letIn();
    }

    /** An append that was let in has been answered. */
    void leave(Append append) {
        enteredBytes.addAndGet(-append.bytes());
        letIn();
    }

    /** Bytes of the appends that wait or are under way. */
    long bytes() {
        return waitingBytes.get() + enteredBytes.get();
    }

    /** Refuses what waits, and whatever comes. What is under way stays. */
    void close() {
        closed = true;
        letIn();
    }

    private void letIn() {
        if (changes.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Waiting first = line.peek(); first != null && (closed || fits(first.append)); first = line.peek()) {
                line.remove();
                letIn(first);
            }
            seen = changes.addAndGet(-seen);
        } while (seen != 0);
    }

    private boolean fits(Append append) {
        long entered = enteredBytes.get();
        return entered == 0 || entered + append.bytes() <= roomBytes;
    }

    private void letIn(Waiting first) {
        waitingBytes.addAndGet(-first.append.bytes());
        if (closed) {
            first.append.refuse(Refusal.of(Reason.LOG_UNAVAILABLE, "the log is closing"));
            return;
        }
        if (nanoTime.getAsLong() - first.sinceNanos > longestWaitNanos) {
            first.append.refuse(slow("the append has waited too long for room"));
            return;
        }
        enteredBytes.addAndGet(first.append.bytes());
        first.append.entered();
        onward.accept(first.append);
    }

    private static Refusal slow(String what) {
        return Refusal.of(Reason.LOG_UNAVAILABLE, what + ", because Kafka acknowledges slower than is published");
    }

    /**
     * An append in the line.
     *
     * @param sinceNanos when it came
     */
    private record Waiting(Append append, long sinceNanos) {}
}
