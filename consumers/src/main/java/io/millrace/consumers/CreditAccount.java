// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.v1.Credit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Operators;

/**
 * Turns what the user requests into credit for the server.
 *
 * <p>What the server may still send, and what has come and waits here, is together never more than the window, nor than
 * what the user has requested and not received. Credit goes out when half of that or more is free, so a stream costs a
 * few credit frames per window and not one per event. Thread-safe.
 */
final class CreditAccount {
    /*
     * windowEvents, or the demand where that is less
     * |<-- granted: the server may send -->|<-- waiting: here, not delivered -->|<-- free: to be granted -->|
     * Bytes are counted from the other side: the server subtracts what each batch has cost, and gets it back when the
     * batch was handed over. One event may overdraw them.
     */
    private final long windowEvents;
    private final long windowBytes;
    private long demand;
    private long granted;
    private long waiting;
    private long heldBytes;
    private long freedBytes;

    CreditAccount(long windowEvents, long windowBytes) {
        this.windowEvents = windowEvents;
        this.windowBytes = windowBytes;
    }

    /** Credit for a stream that opens: its server has granted nothing so far. */
    synchronized Credit open() {
        granted = freeAfter(0);
        freedBytes = Math.min(0, windowBytes - heldBytes); // what is held beyond the window is not given back
        return Credit.newBuilder()
                .setEvents(granted)
                .setBytes(Math.max(0, windowBytes - heldBytes))
                .build();
    }

    /**
     * The stream in progress is another one, which was opened without credit: what the one before had is void, and goes
     * to this one with {@link #take}.
     */
    synchronized void openWithout() {
        granted = 0;
        freedBytes = windowBytes - heldBytes;
    }

    /** Credit to send now, or {@code null} when there is none worth a frame. */
    synchronized @Nullable Credit take() {
        long events = free() >= Math.max(1, half(limit())) ? free() : 0;
        long bytes = freedBytes >= half(windowBytes) ? freedBytes : 0;
        if (events == 0 && bytes == 0) {
            return null;
        }
        granted += events;
        freedBytes -= bytes;
        return more(events, bytes);
    }

    /** The user has requested more. */
    synchronized void request(long events) {
        demand = Operators.addCap(demand, events);
    }

    /** What the user has requested and not received. */
    synchronized long demand() {
        return demand;
    }

    /**
     * A batch has come. False when it holds more than the server was granted.
     *
     * @param events all of its events
     * @param kept those of them that will be delivered
     * @param bytes what it has cost
     */
    synchronized boolean receive(long events, long kept, long bytes) {
        granted -= events;
        waiting += kept;
        heldBytes += bytes;
        return granted >= 0;
    }

    /** Events were handed to the user. */
    synchronized void deliver(long events) {
        waiting -= events;
        if (demand != Long.MAX_VALUE) {
            demand -= events;
        }
    }

    /** The batch that had cost this many bytes is done with. */
    synchronized void release(long bytes) {
        heldBytes -= bytes;
        freedBytes += bytes;
    }

    private long limit() {
        return Math.min(windowEvents, demand);
    }

    private long free() {
        return freeAfter(granted);
    }

    private long freeAfter(long alreadyGranted) {
        return Math.max(0, limit() - alreadyGranted - waiting);
    }

    private static long half(long whole) {
        return (whole + 1) / 2;
    }

    private static Credit more(long events, long bytes) {
        Credit.Builder credit = Credit.newBuilder();
        if (events > 0) {
            credit.setEvents(events);
        }
        if (bytes > 0) {
            credit.setBytes(bytes);
        }
        return credit.build();
    }
}
