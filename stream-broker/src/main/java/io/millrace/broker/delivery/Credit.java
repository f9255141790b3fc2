// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import java.util.Optional;
import reactor.core.publisher.Operators;

/**
 * What a stream may still be sent. A dimension that the client did not limit at the opening stays without limit. While
 * both are positive one event may overdraw the bytes, so a large event never stalls for ever. Belongs to one thread.
 */
final class Credit {
    private static final long UNLIMITED = Long.MAX_VALUE;

    private long events;
    private long bytes;

    private Credit(long events, long bytes) {
        this.events = events;
        this.bytes = bytes;
    }

    /** The first credit; an absent message limits nothing. */
    static Credit of(Optional<io.millrace.v1.Credit> first) {
        return new Credit(
                first.filter(io.millrace.v1.Credit::hasEvents)
                        .map(io.millrace.v1.Credit::getEvents)
                        .orElse(UNLIMITED),
                first.filter(io.millrace.v1.Credit::hasBytes)
                        .map(io.millrace.v1.Credit::getBytes)
                        .orElse(UNLIMITED));
    }

    /** True when a message takes nothing away. */
    static boolean isLegal(io.millrace.v1.Credit more) {
        return more.getEvents() >= 0 && more.getBytes() >= 0;
    }

    void add(io.millrace.v1.Credit more) {
        events = added(events, more.getEvents());
        bytes = added(bytes, more.getBytes());
    }

    void spend(int spentEvents, int spentBytes) {
        events = events == UNLIMITED ? UNLIMITED : events - spentEvents;
        bytes = bytes == UNLIMITED ? UNLIMITED : bytes - spentBytes;
    }

    boolean isExhausted() {
        return events <= 0 || bytes <= 0;
    }

    /** Most events of the next batch. */
    int maxEvents() {
        return (int) Math.min(events, Integer.MAX_VALUE);
    }

    /** Most bytes of the next batch. */
    int maxBytes(int batchBytes) {
        return (int) Math.min(bytes, batchBytes);
    }

    /** What is left, as the client is told. */
    io.millrace.v1.Credit left() {
        io.millrace.v1.Credit.Builder left = io.millrace.v1.Credit.newBuilder();
        if (events != UNLIMITED) {
            left.setEvents(events);
        }
        if (bytes != UNLIMITED) {
            left.setBytes(bytes);
        }
        return left.build();
    }

    private static long added(long left, long more) {
        return left == UNLIMITED ? UNLIMITED : Math.min(Operators.addCap(left, more), UNLIMITED - 1);
    }
}
