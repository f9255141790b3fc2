// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.frame.EventFramer;
import io.millrace.broker.frame.Slice;
import io.millrace.broker.ring.Page;
import io.millrace.broker.ring.ReadEnd;
import io.millrace.broker.ring.Selection;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * A reader of a partition's past: batches of the log, framed into pages on the log's thread and read on the stream's
 * loop. The next batch is asked for when half of the one here has been read, so a reader that moves does not wait and one
 * that stands holds no more than it has.
 */
final class History extends BaseSubscriber<LogBatch> {
    /** Who reads. Called on the loop. */
    interface Reader {
        /** A batch is here, or the log has none any more. */
        void historyMoved();

        /** The log cannot be read on. */
        void historyFailed(Throwable cause);
    }

    private final EventFramer framer = new EventFramer();
    private final EventExecutor loop;
    private final Reader reader;
    private final MemoryLedger.Account account;
    private List<Page> pages = List.of();
    private int page;
    private int index;
    private long nextOffset;
    private boolean requested = true;
    private boolean closed;
    private @Nullable Batch following;

    History(EventExecutor loop, Reader reader, MemoryLedger ledger, long fromOffset) {
        this.loop = loop;
        this.reader = reader;
        this.account = ledger.open();
        this.nextOffset = fromOffset;
    }

    /** True while a batch is under way from the log. */
    boolean isWaiting() {
        return requested;
    }

    boolean hasNext() {
        return page < pages.size();
    }

    /** Cuts the next slice, or {@code null} when the end of the read stands before the next event. */
    @Nullable
    Slice next(int maxEvents, int maxBytes, ReadEnd end, Selection selection) {
        Page current = pages.get(page);
        Slice slice = current.select(index, maxEvents, maxBytes, end, selection, Long.MAX_VALUE);
        if (slice != null) {
            index += slice.passed();
            skipReadPage(current);
            readAhead();
        }
        return slice;
    }

    /** The place behind what has been read, when {@link #hasNext} is false. */
    long nextOffset() {
        return nextOffset;
    }

    /** Goes on with the batch that has come meanwhile and answers true, or asks the log for one. */
    boolean readOn() {
        Batch next = following;
        if (next == null) {
            ask();
            return false;
        }
        following = null;
        begin(next);
        return true;
    }

    /** Stops, and gives its memory back. On the loop. */
    void close() {
        closed = true;
        cancel();
        pages = List.of();
        page = 0;
        following = null;
        account.close();
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        subscription.request(1);
    }

    @Override
    protected void hookOnNext(LogBatch batch) {
        List<Page> framed = Page.of(batch.events(), framer);
        loop.execute(() -> arrived(new Batch(framed, batch.nextOffset())));
    }

    @Override
    protected void hookOnError(Throwable cause) {
        loop.execute(() -> {
            if (!closed) {
                reader.historyFailed(cause);
            }
        });
    }

    private void arrived(Batch batch) {
        if (closed) {
            return;
        }
        requested = false;
        account.take(batch.pages.stream().mapToLong(Page::heldBytes).sum());
        if (hasNext()) {
            following = batch;
        } else {
            begin(batch);
            reader.historyMoved();
        }
    }

    private void begin(Batch batch) {
        pages = batch.pages;
        page = 0;
        index = 0;
        nextOffset = batch.nextOffset;
    }

    private void readAhead() {
        if (following == null && page >= pages.size() / 2) {
            ask();
        }
    }

    private void ask() {
        if (!requested) {
            requested = true;
            request(1);
        }
    }

    private void skipReadPage(Page current) {
        if (index == current.size()) {
            account.give(current.heldBytes());
            page++;
            index = 0;
        }
    }

    /**
     * A batch as it has come.
     *
     * @param pages its events
     * @param nextOffset the place behind it
     */
    private record Batch(List<Page> pages, long nextOffset) {}
}
