// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.broker.frame.EventFramer;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a partition, framed, in pages that are given up oldest first. Its pages grow with what comes: a
 * ring that is used little is small. What it may hold, {@link RingMemory} says; it never holds more, and an event that is
 * larger than that is passed over, so that readers find themselves overtaken and read it from the log.
 *
 * <p><b>Threads.</b> One writer at a time, and whoever trims or closes; any number of {@link RingReader}s on any threads,
 * without locks.
 */
public final class Ring implements AutoCloseable {
    /*
     * Maintainer's note. Readers hold page numbers, not pages, so a stalled reader keeps nothing alive; a page that is
     * gone is found to be gone. A full ring writes the next page into the bytes of the one that it gives up, or they
     * would all grow old on the heap and be collected there (decision 0026). What a reader has cut is leased until it is
     * written: such bytes are not used again but left to the garbage collector. This is the whole overwrite guard.
     *
     * Order of publication: events before Page.published, a page in its slot before lastNumber, all events of a page
     * before the next page. A reader that sees lastNumber > n therefore sees page n complete. What is passed over is
     * given up before head moves: who sees the new head and then looks for its page does not find it.
     *
     * There is always a last page, which may be one without room: readers that wait for what comes stand on it. The
     * slots are a power of two, and grow by copying; a reader that looks into the old ones sees what was there just now.
     */
    private static final int FIRST_SLOTS = 8;
    private static final int MAX_SLOTS = 1024;

    private final RingMemory memory;
    private final MemoryLedger.Account account;
    private volatile AtomicReferenceArray<@Nullable Page> slots = new AtomicReferenceArray<>(FIRST_SLOTS);
    private volatile long firstNumber;
    private volatile long lastNumber;
    private volatile long base;
    private volatile long head;
    private Page last;
    private long events;
    private boolean closed;
    private volatile @Nullable KeyChains keys;

    /**
     * An empty ring that shares its memory with no other.
     *
     * @param baseOffset where it begins: the next event has this offset or a higher one
     * @param ledger accounts for its memory
     * @param minBytes how far it may always grow
     * @param maxBytes how far it may grow while the ledger has room
     */
    public Ring(long baseOffset, MemoryLedger ledger, int minBytes, int maxBytes) {
        this(baseOffset, new RingMemory(ledger, minBytes, maxBytes));
    }

    /** See {@link RingMemory#open}. */
    Ring(long baseOffset, RingMemory memory) {
        this.memory = memory;
        this.account = memory.account();
        this.base = baseOffset;
        this.head = baseOffset;
        this.last = open(0, baseOffset, 0);
    }

    /** Frames and shows the events of a batch that continues at {@link #head}. Does nothing once closed. */
    public synchronized void append(LogBatch batch) {
        if (closed) {
            return;
        }
        if (batch.fromOffset() != head) {
            throw new IllegalArgumentException("ring stands at " + head + ", batch begins at " + batch.fromOffset());
        }
        EventFramer framer = EventFramer.ofThisThread();
        for (int i = 0; i < batch.events().size(); i++) {
            append(batch.events(), i, framer);
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
        keys = new KeyChains(this, account, memory.maxBytes());
        last = open(last.number() + 1, head, 0);
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
        slots = new AtomicReferenceArray<>(FIRST_SLOTS);
        base = Long.MAX_VALUE;
        account.close();
        memory.closed(this);
    }

    /** Gives up what is more than it may hold now. */
    synchronized void trim() {
        if (closed) {
            return;
        }
        long firstBefore = firstNumber;
        while (firstNumber < last.number() && account.heldBytes() > memory.boundBytes()) {
            giveUpOldest(head);
        }
        if (last.size() > 0 && account.heldBytes() > memory.boundBytes()) {
            last = openAlone(head);
        }
        KeyChains chains = keys;
        if (chains != null && firstNumber > firstBefore) {
            chains.fit();
        }
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
        AtomicReferenceArray<@Nullable Page> current = slots;
        Page page = current.get(slot(number, current));
        return page != null && page.number() == number ? page : null;
    }

    private void append(List<StoredEvent> batch, int index, EventFramer framer) {
        StoredEvent event = batch.get(index);
        int lengthBytes = framer.frame(event);
        if (!last.hasRoom(lengthBytes)) {
            last.publish();
            if (!memory.holds(lengthBytes)) {
                passOver(event.offset());
                return;
            }
            head = event.offset();
            long expectedBytes = Math.max(account.heldBytes(), Page.guessedBytes(batch, index));
            last = open(last.number() + 1, head, memory.pageBytes(expectedBytes, lengthBytes));
        }
        last.append(event.offset(), event.recordTimeMillis(), framer.buffer(), framer.start(), lengthBytes);
        events++;
        KeyChains chains = keys;
        if (chains != null) {
            chains.addLast(last);
        }
    }

    private void passOver(long offset) {
        events++;
        last = openAlone(offset + 1);
        head = offset + 1;
    }

    /** Gives up everything, and goes on at an offset with a page that has no room. */
    private Page openAlone(long fromOffset) {
        long number = last.number() + 1;
        while (firstNumber < number) {
            giveUpOldest(fromOffset);
        }
        return open(number, fromOffset, 0);
    }

    private Page open(long number, long fromOffset, int capacityBytes) {
        account.take(Page.heldBytes(capacityBytes, keys != null));
        byte[] bytes = null;
        while (isOverfull(number)) {
            Page oldest = giveUpOldest(fromOffset);
            bytes = bytes == null && oldest.capacityBytes() == capacityBytes ? oldest.retire() : bytes;
        }
        Page page = new Page(number, fromOffset, events, bytes == null ? new byte[capacityBytes] : bytes, keys != null);
        if (number - firstNumber >= slots.length()) {
            growSlots(number);
        }
        slots.set(slot(number, slots), page);
        lastNumber = number;
        return page;
    }

    private boolean isOverfull(long number) {
        return firstNumber < number && (account.heldBytes() > memory.boundBytes() || number - firstNumber >= MAX_SLOTS);
    }

    private Page giveUpOldest(long endOffset) {
        int slot = slot(firstNumber, slots);
        Page oldest = Objects.requireNonNull(slots.get(slot), "pages are given up in order");
        Page successor = page(firstNumber + 1);
        base = successor == null ? endOffset : successor.fromOffset();
        firstNumber++;
        slots.set(slot, null);
        account.give(oldest.heldBytes());
        return oldest;
    }

    private void growSlots(long endNumber) {
        AtomicReferenceArray<@Nullable Page> larger = new AtomicReferenceArray<>(slots.length() * 2);
        for (long number = firstNumber; number < endNumber; number++) {
            larger.set(slot(number, larger), page(number));
        }
        slots = larger;
    }

    private static int slot(long number, AtomicReferenceArray<?> slots) {
        return (int) number & (slots.length() - 1);
    }
}
