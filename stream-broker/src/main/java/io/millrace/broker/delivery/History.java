// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.frame.EventFramer;
import io.millrace.broker.frame.Slice;
import io.millrace.broker.ring.Page;
import io.millrace.broker.ring.ReadEnd;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * A reader of a partition's past: one batch of the log at a time, framed into pages on the log's thread and read on the
 * stream's loop. The next batch is asked for when the one here has been read.
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
    private boolean waiting = true;
    private boolean closed;

    History(EventExecutor loop, Reader reader, MemoryLedger ledger, long fromOffset) {
        this.loop = loop;
        this.reader = reader;
        this.account = ledger.open();
        this.nextOffset = fromOffset;
    }

    /** True while a batch is under way from the log. */
    boolean isWaiting() {
        return waiting;
    }

    boolean hasNext() {
        return page < pages.size();
    }

    /** Cuts the next slice, or {@code null} when the end of the read stands before the next event. */
    @Nullable
    Slice next(int maxEvents, int maxBytes, ReadEnd end) {
        Page current = pages.get(page);
        Slice slice = current.slice(index, maxEvents, maxBytes, end);
        if (slice != null) {
            index += slice.events();
            skipReadPage(current);
        }
        return slice;
    }

    /** The place behind the batch that has been read. Meaningful when {@link #hasNext} is false. */
    long nextOffset() {
        return nextOffset;
    }

    /** Asks the log for another batch. */
    void readOn() {
        waiting = true;
        request(1);
    }

    /** Stops, and gives its memory back. On the loop. */
    void close() {
        closed = true;
        cancel();
        pages = List.of();
        page = 0;
        account.close();
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        subscription.request(1);
    }

    @Override
    protected void hookOnNext(LogBatch batch) {
        List<Page> framed = Page.of(batch.events(), framer);
        loop.execute(() -> arrived(framed, batch.nextOffset()));
    }

    @Override
    protected void hookOnError(Throwable cause) {
        loop.execute(() -> {
            if (!closed) {
                reader.historyFailed(cause);
            }
        });
    }

    private void arrived(List<Page> framed, long offsetBehind) {
        if (closed) {
            return;
        }
        waiting = false;
        pages = framed;
        page = 0;
        index = 0;
        nextOffset = offsetBehind;
        account.take(framed.stream().mapToLong(Page::heldBytes).sum());
        reader.historyMoved();
    }

    private void skipReadPage(Page current) {
        if (index == current.size()) {
            account.give(current.heldBytes());
            page++;
            index = 0;
        }
    }
}
