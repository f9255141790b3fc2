// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.broker.frame.EventFramer;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a partition, framed, in pages that are given up oldest first. It grows by need up to its bound,
 * and only to its lower bound while the ledger has no room.
 *
 * <p><b>Threads.</b> One writer, and whoever closes; any number of {@link RingReader}s on any threads, without locks.
 */
public final class Ring implements AutoCloseable {
    /*
     * Maintainer's note. Readers hold page numbers, not pages, so a stalled reader keeps nothing alive; what it has cut
     * already is a slice of an immutable page, which the garbage collector keeps exactly as long as it is needed. This
     * is the whole overwrite guard: bytes are never overwritten, a page that is gone is found to be gone.
     *
     * Order of publication: events before Page.published, a page in its slot before lastNumber, all events of a page
     * before the next page. A reader that sees lastNumber > n therefore sees page n complete.
     */
    private static final int SLOTS = 1024;

    private final EventFramer framer = new EventFramer();
    private final AtomicReferenceArray<@Nullable Page> slots = new AtomicReferenceArray<>(SLOTS);
    private final MemoryLedger ledger;
    private final MemoryLedger.Account account;
    private final int minBytes;
    private final int maxBytes;
    private volatile long firstNumber;
    private volatile long lastNumber;
    private volatile long base;
    private volatile long head;
    private Page last;
    private long events;
    private boolean closed;
    private volatile @Nullable KeyChains keys;

    /**
     * An empty ring.
     *
     * @param baseOffset where it begins: the next event has this offset or a higher one
     * @param ledger accounts for its memory
     * @param minBytes how far it may always grow
     * @param maxBytes how far it may grow while the ledger has room
     */
    public Ring(long baseOffset, MemoryLedger ledger, int minBytes, int maxBytes) {
        this.ledger = ledger;
        this.account = ledger.open();
        this.minBytes = minBytes;
        this.maxBytes = maxBytes;
        this.base = baseOffset;
        this.head = baseOffset;
        this.last = open(0, Page.PAGE_BYTES);
    }

    /** Frames and shows the events of a batch that continues at {@link #head}. Does nothing once closed. */
    public synchronized void append(LogBatch batch) {
        if (closed) {
            return;
        }
        if (batch.fromOffset() != head) {
            throw new IllegalArgumentException("ring stands at " + head + ", batch begins at " + batch.fromOffset());
        }
        for (StoredEvent event : batch.events()) {
            append(event);
        }
        last.publish();
        head = batch.nextOffset();
    }

    /**
     * From now on each event knows the next one of its key, so that readers may take the newest of each. Events that are
     * here already know only those on their own page. Costs memory, and time for each event, once for all readers.
     */
    public void followKeys() {
        if (keys == null) {
            beginToFollowKeys();
        }
    }

    private synchronized void beginToFollowKeys() {
        if (keys != null || closed) {
            return;
        }
        KeyChains chains = new KeyChains(this, maxBytes);
        account.take(chains.heldBytes());
        keys = chains;
        last = open(last.number() + 1, Page.PAGE_BYTES);
    }

    /** The oldest offset from which a reader can still go on here. */
    public long base() {
        return base;
    }

    /** The offset behind everything that is here: where the next event comes. */
    public long head() {
        return head;
    }

    /** Memory held. */
    public long heldBytes() {
        return account.heldBytes();
    }

    /** Gives the memory back. Readers find themselves overtaken. */
    @Override
    public synchronized void close() {
        closed = true;
        for (int slot = 0; slot < SLOTS; slot++) {
            slots.set(slot, null);
        }
        base = Long.MAX_VALUE;
        account.close();
    }

    long firstNumber() {
        return firstNumber;
    }

    long lastNumber() {
        return lastNumber;
    }

    /** The page of this number, or {@code null} when it has been given up. */
    @Nullable
    Page page(long number) {
        Page page = slots.get((int) (number % SLOTS));
        return page != null && page.number() == number ? page : null;
    }

    private void append(StoredEvent event) {
        int lengthBytes = framer.frame(event);
        if (!last.hasRoom(lengthBytes)) {
            last.publish();
            head = event.offset();
            last = open(last.number() + 1, Math.max(Page.PAGE_BYTES, lengthBytes));
        }
        last.append(event.offset(), event.recordTimeMillis(), framer.buffer(), framer.start(), lengthBytes);
        events++;
        KeyChains chains = keys;
        if (chains != null) {
            chains.addLast(last);
        }
    }

    private Page open(long number, int capacityBytes) {
        Page page = new Page(number, head, events, capacityBytes, keys != null);
        account.take(page.heldBytes());
        while (isOverfull(number)) {
            giveUpOldest();
        }
        slots.set((int) (number % SLOTS), page);
        lastNumber = number;
        return page;
    }

    private boolean isOverfull(long number) {
        long bound = ledger.hasRoom() ? maxBytes : minBytes;
        return firstNumber < number && (account.heldBytes() > bound || number - firstNumber >= SLOTS);
    }

    private void giveUpOldest() {
        int slot = (int) (firstNumber % SLOTS);
        Page oldest = Objects.requireNonNull(slots.get(slot), "pages are given up in order");
        Page successor = page(firstNumber + 1);
        base = successor == null ? head : successor.fromOffset();
        firstNumber++;
        slots.set(slot, null);
        account.give(oldest.heldBytes());
    }
}
