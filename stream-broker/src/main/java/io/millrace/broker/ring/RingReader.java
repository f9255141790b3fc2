// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.broker.frame.Slice;
import org.jspecify.annotations.Nullable;

/** A place in a ring. Belongs to one thread at a time; holds no page. */
public final class RingReader {
    private final Ring ring;
    private long pageNumber;
    private long nextOffset;

    private RingReader(Ring ring, long pageNumber, long nextOffset) {
        this.ring = ring;
        this.pageNumber = pageNumber;
        this.nextOffset = nextOffset;
    }

    /**
     * A reader that goes on with the first event at or after {@code nextOffset}, or {@code null} when the ring has given
     * that place up. The place may lie ahead of the ring's head.
     */
    public static @Nullable RingReader at(Ring ring, long nextOffset) {
        if (nextOffset < ring.base()) {
            return null;
        }
        for (long number = ring.lastNumber(); number >= ring.firstNumber(); number--) {
            Page page = ring.page(number);
            if (page == null) {
                return null;
            }
            if (page.fromOffset() <= nextOffset) {
                return new RingReader(ring, number, nextOffset);
            }
        }
        return null;
    }

    /** True when the ring has given up what this reader has not read: it cannot go on here. */
    public boolean isOvertaken() {
        return ring.page(pageNumber) == null;
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
     * page has none to take.
     */
    public @Nullable Slice next(int maxEvents, int maxBytes, ReadEnd end, Selection selection) {
        Page page = current();
        if (page == null) {
            return null;
        }
        Slice slice = page.select(page.indexOf(nextOffset), maxEvents, maxBytes, end, selection);
        if (slice != null) {
            nextOffset = slice.lastOffset() + 1;
        }
        return slice;
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
