// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.client.MillraceException;
import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.wire.EventCodec;
import org.jspecify.annotations.Nullable;

/**
 * An event between publication and acknowledgement, or a marker that only waits for those before it. Guarded by the
 * lock of the {@link PublishWindow} until it is settled, and then the worker's.
 */
final class Pending {
    /** What the field tag and the length of an event add to its size in a batch, at most. */
    private static final int FRAMING_BYTES = 6;

    private final Event event;
    private final io.millrace.v1.@Nullable Event message;
    private final Outcome outcome;
    private final long deadlineNanos;
    private long sequence;
    private boolean wasSent;
    /** Its number on the stream in progress, under a name on the last one; 0 where it has none. */
    private long streamSequence;

    private int partition;
    private long offset;
    private @Nullable MillraceException failure;

    private Pending(Event event, io.millrace.v1.@Nullable Event message, Outcome outcome, long deadlineNanos) {
        this.event = event;
        this.message = message;
        this.outcome = outcome;
        this.deadlineNanos = deadlineNanos;
    }

    static Pending of(Event event, Outcome outcome, long deadlineNanos) {
        return new Pending(event, EventCodec.toMessage(event), outcome, deadlineNanos);
    }

    /** Settles when everything before it is settled. */
    static Pending marker(Outcome outcome) {
        return new Pending(Event.builder().build(), null, outcome, Long.MAX_VALUE);
    }

    /** The message to send. Only where {@link #isToBeSent}. */
    io.millrace.v1.Event message() {
        if (message == null) {
            throw new IllegalStateException("a marker is not sent");
        }
        return message;
    }

    /** False for a marker, and for an event that was refused here. */
    boolean isToBeSent() {
        return message != null && failure == null;
    }

    boolean isMarker() {
        return message == null;
    }

    /** True when it was sent on this stream or an earlier one, so nobody knows whether it is stored. */
    boolean wasSent() {
        return wasSent;
    }

    void number(long number) {
        sequence = number;
    }

    long streamSequence() {
        return streamSequence;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    int eventBytes() {
        return message == null ? 0 : message.getSerializedSize();
    }

    /** The most it adds to a batch. */
    int frameBytes() {
        return message == null ? 0 : eventBytes() + FRAMING_BYTES;
    }

    void sentAs(long number) {
        streamSequence = number;
        wasSent = true;
    }

    void takeBack() {
        streamSequence = 0;
    }

    void storedAt(int atPartition, long atOffset) {
        partition = atPartition;
        offset = atOffset;
    }

    void failedWith(MillraceException cause) {
        failure = cause;
    }

    /** Tells whoever waits. */
    void tell(TopicName topic) {
        if (message == null) {
            outcome.passed();
        } else if (failure != null) {
            outcome.failed(event, failure);
        } else {
            outcome.stored(new PublishAck(event.id(), new TopicPartition(topic, partition), offset, sequence));
        }
    }
}
