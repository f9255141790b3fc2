// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.sample;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Events with 100 bytes of data or another number of them, an id, a source, a type and a time: made beforehand and given out in turn, so that
 * making them costs neither server anything. Immutable.
 */
public final class SampleEvents {
    /** Bytes of data of each event where nothing else is said. */
    public static final int DATA_BYTES = 100;

    private static final int DIFFERENT_EVENTS = 1024;
    private static final long SEED = 7450;
    private static final Instant FIRST_TIME = Instant.parse("2026-01-01T00:00:00.123456789Z");

    private final List<Event> events;

    /** Events of 100 bytes of data. */
    public SampleEvents() {
        this(DATA_BYTES);
    }

    /** Events of this many bytes of data. */
    public SampleEvents(int dataBytes) {
        events = IntStream.range(0, DIFFERENT_EVENTS)
                .mapToObj(number -> event(number, dataBytes))
                .toList();
    }

    /** The event at an offset. */
    public Event at(long offset) {
        return events.get((int) (offset % DIFFERENT_EVENTS));
    }

    /** The events of {@code [from, to)}: a view that costs nothing. */
    public List<Event> between(long from, long to) {
        return new Run(from, Math.toIntExact(to - from));
    }

    /** Each of them once. */
    public List<Event> different() {
        return events;
    }

    private static Event event(int number, int dataBytes) {
        SplittableRandom random = new SplittableRandom(SEED + number);
        byte[] data = new byte[dataBytes];
        random.nextBytes(data);
        return Event.builder()
                .id(new UUID(random.nextLong(), random.nextLong()).toString())
                .source("/load-tests/sample")
                .type("io.millrace.load.sampled")
                .time(FIRST_TIME.plusMillis(number))
                .data(Bytes.wrap(data))
                .build();
    }

    private final class Run extends AbstractList<Event> implements RandomAccess {
        private final long from;
        private final int size;

        Run(long from, int size) {
            this.from = from;
            this.size = size;
        }

        @Override
        public Event get(int index) {
            return at(from + index);
        }

        @Override
        public int size() {
            return size;
        }
    }
}
