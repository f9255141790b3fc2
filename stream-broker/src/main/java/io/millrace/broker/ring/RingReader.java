// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.broker.frame.Slice;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A place in a ring. Belongs to one thread at a time; holds no page. */
public final class RingReader {
    private static final long UNKNOWN = -1;

    private final Ring ring;
    private long pageNumber;
    private long nextOffset;

    /** Where the run ends that a reader of the newest events is in. */
    private long runEnd = Long.MIN_VALUE;

    /** Events that the ring has ever held before this place. */
    private long eventsBefore;

    private RingReader(Ring ring, long pageNumber, long nextOffset, long eventsBefore) {
        this.ring = ring;
        this.pageNumber = pageNumber;
        this.nextOffset = nextOffset;
        this.eventsBefore = eventsBefore;
    }

    /**
     * A reader that goes on with the first event at or after {@code nextOffset}, or {@code null} when the ring has given
     * that place up. The place may lie ahead of the ring's head.
     */
    public static @Nullable RingReader at(Ring ring, long nextOffset) {
        if (nextOffset < ring.base()) {
            return null;
        }
        boolean countable = nextOffset <= ring.head(); // else some that come are before the place
        for (long number = ring.lastNumber(); number >= ring.firstNumber(); number--) {
            Page page = ring.page(number);
            if (page == null) {
                return null;
            }
            if (page.fromOffset() <= nextOffset) {
                return new RingReader(
                        ring, number, nextOffset, countable ? page.eventsBefore() + page.indexOf(nextOffset) : UNKNOWN);
            }
        }
        return null;
    }

    /** True when the ring has given up what this reader has not read: it cannot go on here. */
    public boolean isOvertaken() {
        return ring.page(pageNumber) == null;
    }

    /** A reader at the newer half of what the ring holds now, or {@code null} when the ring is closed. */
    public static @Nullable RingReader inNewerHalf(Ring ring) {
        while (ring.base() != Long.MAX_VALUE) {
            long number = (ring.firstNumber() + ring.lastNumber() + 1) / 2;
            Page page = ring.page(number);
            if (page != null) { // else it was given up just now
                return new RingReader(ring, number, page.fromOffset(), page.eventsBefore());
            }
        }
        return null;
    }

    /** The place: the first offset that has not been passed. */
    public long nextOffset() {
        return nextOffset;
    }

    /** How many events lie between an earlier place in the same ring and this one, where both can be counted. */
    public OptionalLong eventsSince(RingReader earlier) {
        return earlier.eventsBefore == UNKNOWN || eventsBefore == UNKNOWN
                ? OptionalLong.empty()
                : OptionalLong.of(eventsBefore - earlier.eventsBefore);
    }

    /** True when there is an event to be read, or this reader was overtaken and has to find out. */
    public boolean hasNext() {
        Page page = current();
        return page == null || page.indexOf(nextOffset) < page.size();
    }

    /** The next slice within the bounds, or {@code null} when there is none now or this reader was overtaken. */
    public @Nullable Slice next(int maxEvents, int maxBytes, ReadEnd end) {
        return next(maxEvents, maxBytes, end, Selection.ALL);
    }

    /**
     * As above, of the events that a selection takes; it passes at most one page, and its slice holds no event where that
     * page has none to take. A reader of the newest events is in a run: see {@link #beginRun}. Whoever is given events ends
     * the slice's lease when they are written.
     */
    public @Nullable Slice next(int maxEvents, int maxBytes, ReadEnd end, Selection selection) {
        Page page = current();
        if (page == null || !page.lease()) {
            return null;
        }
        int index = page.indexOf(nextOffset);
        Slice slice = page.selectLeased(
                index, maxEvents, maxBytes, end, selection, selection.newestOnly() ? runEnd : Long.MAX_VALUE);
        if (slice != null) {
            nextOffset = slice.lastOffset() + 1;
            eventsBefore = page.eventsBefore() + index + slice.passed();
        }
        return slice;
    }

    /** True when the run has an event to be read, or this reader was overtaken and has to find out. */
    public boolean hasNextInRun() {
        return hasNextBefore(runEnd);
    }

    /** True when a run would have an event to be read, or this reader was overtaken and has to find out. */
    public boolean canBeginRun() {
        return hasNextBefore(ring.head());
    }

    /**
     * The newest event of each key is, until the run has been read, the newest of those that are here now. The run ends
     * at the ring's head or the end of the read.
     */
    public void beginRun(ReadEnd end) {
        long first = Math.min(ring.head(), end.offset());
        if (end.recordTimeMillis() != Long.MAX_VALUE) {
            long lastNumber = ring.lastNumber();
            for (long number = pageNumber; number <= lastNumber; number++) {
                Page page = ring.page(number);
                first = page == null ? first : Math.min(first, page.firstBeyond(end));
            }
        }
        runEnd = first;
    }

    private boolean hasNextBefore(long offset) {
        Page page = current();
        if (page == null) {
            return true;
        }
        int index = page.indexOf(nextOffset);
        return index < page.size() && page.offset(index) < offset;
    }

    /** The page to read from: where one is read to its end and has a successor, that one. */
    private @Nullable Page current() {
        long lastNumber = ring.lastNumber();
        Page page = ring.page(pageNumber);
        while (page != null && pageNumber < lastNumber && page.indexOf(nextOffset) == page.size()) {
            pageNumber++;
            page = ring.page(pageNumber);
        }
        return page;
    }
}
