// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import io.millrace.broker.ring.Page;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one read of the log has brought, framed: the events of {@code [fromOffset, nextOffset)}. Once given up it holds
 * nothing, so whoever still stands in it keeps no memory alive.
 */
final class Chunk {
    private final Lead lead;
    private final long number;
    private final long fromOffset;
    private final long nextOffset;
    private final long heldBytes;
    private volatile @Nullable List<Page> pages;
    private volatile boolean touched = true;

    /** Replays that stand here. Guarded by the history. */
    int replays;

    /** True while somebody has waited for this chunk and nobody has entered it. Guarded by the history. */
    boolean awaited;

    Chunk(Lead lead, long number, long fromOffset, long nextOffset, List<Page> pages) {
        this.lead = lead;
        this.number = number;
        this.fromOffset = fromOffset;
        this.nextOffset = nextOffset;
        this.pages = pages;
        this.heldBytes = pages.stream().mapToLong(Page::heldBytes).sum();
    }

    /** The read that brought it. */
    Lead lead() {
        return lead;
    }

    /** Its number among the chunks of that read, from 1. */
    long number() {
        return number;
    }

    boolean covers(long offset) {
        return fromOffset <= offset && offset < nextOffset;
    }

    long nextOffset() {
        return nextOffset;
    }

    long heldBytes() {
        return heldBytes;
    }

    /** Its events, or {@code null} once it has been given up. */
    @Nullable
    List<Page> pages() {
        return pages;
    }

    /** Holds nothing from now on, and answers what it held. */
    List<Page> giveUp() {
        List<Page> held = pages;
        pages = null;
        return held == null ? List.of() : held;
    }

    /** Somebody reads here. */
    void touch() {
        if (!touched) {
            touched = true;
        }
    }

    /** True when nobody has read here since the last time of asking. */
    boolean isIdle() {
        boolean idle = !touched;
        touched = false;
        return idle;
    }
}
