// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import io.millrace.broker.frame.Slice;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.ring.Page;
import io.millrace.broker.ring.ReadEnd;
import io.millrace.broker.ring.Selection;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One reader's place in a partition's past.
 *
 * <p><b>Demand.</b> Nothing is read before {@link #readOn}. A replay that moves has up to two chunks read ahead; one that
 * stands asks for nothing and holds nothing: what it stood in may be given up, and it finds out when it goes on. While
 * the broker's memory is short it stands, and goes on by itself afterwards.
 *
 * <p><b>Threads.</b> Lives on its loop, and its listener is called there.
 */
public final class Replay implements AutoCloseable {
    /** Who reads. Called on the loop. */
    public interface Listener {
        /** {@link #readOn} may find something now. */
        void historyMoved();

        /** The log cannot be read on. */
        void historyFailed(Throwable cause);

        /** The offset from which on this reader does not need history: where its read ends, or memory takes over. */
        long historyNeededTo();
    }

    private final PartitionHistory history;
    private final EventExecutor loop;
    private final Listener listener;
    private final Runnable release;
    private long nextOffset;
    private @Nullable Chunk chunk;
    private int page;
    private int index;
    private boolean waiting;
    private boolean atEnd;
    private boolean closed;

    /** Guarded by the history. */
    @Nullable
    Chunk standsIn;

    /** Guarded by the history. */
    @Nullable
    Lead follows;

    /** The place at which it has come to the chunk that it stands in or waits for. Guarded by the history. */
    long enteredAt;

    Replay(PartitionHistory history, EventExecutor loop, Listener listener, long place, Runnable release) {
        this.history = history;
        this.loop = loop;
        this.listener = listener;
        this.nextOffset = place;
        this.release = release;
    }

    /** True while the log is being asked, or will be when memory is there. */
    public boolean isWaiting() {
        return waiting;
    }

    /** True when there is an event here, or what was here was given up and {@link #next} has to find out. */
    public boolean hasNext() {
        return chunk != null;
    }

    /**
     * Cuts the next slice, whose lease its reader ends. Or answers {@code null}: the end of the read stands before the
     * next event ({@link #isAtEnd}), or what was here has been given up and is on its way again ({@link #isWaiting}).
     */
    public @Nullable Slice next(int maxEvents, int maxBytes, ReadEnd end, Selection selection) {
        Chunk current = chunk;
        List<Page> pages = leased(current);
        while (current != null && pages == null) {
            readOn();
            current = chunk;
            pages = leased(current);
        }
        if (current == null || pages == null) {
            return null;
        }
        current.touch();
        Slice slice = pages.get(page).selectLeased(index, maxEvents, maxBytes, end, selection, Long.MAX_VALUE);
        if (slice == null) {
            atEnd = true;
            return null;
        }
        index += slice.passed();
        nextOffset = slice.lastOffset() + 1;
        settle(current, pages);
        return slice;
    }

    /** The pages of a chunk with a lease on the one that is read, or {@code null} where the chunk has been given up. */
    private @Nullable List<Page> leased(@Nullable Chunk current) {
        List<Page> pages = current == null ? null : current.pages();
        return pages != null && pages.get(page).lease() ? pages : null;
    }

    /** True when {@link #next} has found the end of the read before the next event. */
    public boolean isAtEnd() {
        return atEnd;
    }

    /** The place behind what has been read, and behind the offsets after it that are known to hold no event. */
    public long nextOffset() {
        return nextOffset;
    }

    /**
     * Goes on at the place behind what is here. True when something is in memory: an event, or at least a place further
     * on. False when the log is being asked, or cannot be for want of memory; the listener is called then. Does nothing while it waits.
     */
    public boolean readOn() {
        if (waiting || closed) {
            return false;
        }
        if (history.isShed()) {
            chunk = null; // or whoever finds it given up would ask for ever
            waiting = true;
            loop.schedule(this::awake, Overload.LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            return false;
        }
        Chunk entered = history.enter(this, nextOffset, listener.historyNeededTo());
        chunk = entered;
        if (entered == null) {
            waiting = true;
            return false;
        }
        List<Page> pages = entered.pages();
        if (pages != null) {
            page = 0;
            index = pages.isEmpty() ? 0 : pages.get(0).indexOf(nextOffset);
            settle(entered, pages);
        }
        return true;
    }

    /** Stops. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            chunk = null;
            history.leave(this);
            release.run();
        }
    }

    /** True when what it stood in has been given up meanwhile. Guarded by the history. */
    boolean standsOnNothing() {
        return standsIn != null && standsIn.pages() == null;
    }

    /** A batch has come. From any thread. */
    void wake() {
        loop.execute(this::awake);
    }

    private void awake() {
        waiting = false;
        if (!closed) {
            listener.historyMoved();
        }
    }

    /** From any thread. */
    void fail(Throwable cause) {
        loop.execute(() -> {
            waiting = false;
            if (!closed) {
                listener.historyFailed(cause);
            }
        });
    }

    /** Stands at the next event, or behind the chunk where it has none any more. */
    private void settle(Chunk current, List<Page> pages) {
        while (page < pages.size() && index == pages.get(page).size()) {
            page++;
            index = page < pages.size() ? pages.get(page).indexOf(nextOffset) : 0;
        }
        if (page == pages.size()) {
            nextOffset = current.nextOffset();
            chunk = null;
        }
    }
}
