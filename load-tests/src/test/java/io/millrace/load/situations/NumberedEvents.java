// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import io.millrace.consumers.ReceivedEvent;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Events that carry their number. They go round over a few keys, the <i>lanes</i>, and a lane lies in one partition; so
 * a reader knows the next number of each lane, however the lanes are spread over partitions.
 */
final class NumberedEvents {
    static final int LANES = 16;

    private static final Bytes[] KEYS = IntStream.range(0, LANES)
            .mapToObj(lane -> Bytes.utf8("lane-" + lane))
            .toArray(Bytes[]::new);

    private final int dataBytes;

    /** With payloads of this size, at least that of the number. */
    NumberedEvents(int dataBytes) {
        this.dataBytes = dataBytes;
    }

    Event event(long number) {
        byte[] data = ByteBuffer.allocate(dataBytes).putLong(number).array();
        return Event.builder().key(KEYS[laneOf(number)]).data(Bytes.wrap(data)).build();
    }

    static long numberOf(ReceivedEvent received) {
        Bytes data = Objects.requireNonNull(received.event().data(), "a numbered event has data");
        return ByteBuffer.wrap(data.array()).getLong();
    }

    static int laneOf(long number) {
        return (int) (number % LANES);
    }
}
