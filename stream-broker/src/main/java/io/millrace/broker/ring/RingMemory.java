// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.core.flow.MemoryLedger;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory that all rings share, and how much of it each may hold. While the ledger has room that is the upper bound.
 * While it has not, it is the lower bound or an equal share of half the ledger, whichever is less, so that any number of
 * rings fits; {@link #relieve} then has the others give back what they hold beyond it. Thread-safe.
 */
public final class RingMemory {
    private static final int FIRST_PAGE_BYTES = 1024;

    /** A page is at most this part of what its ring may hold, so that a ring gives up its past in small steps. */
    private static final int PAGES_OF_A_RING = 4;

    private static final int RINGS_RELIEVED_AT_ONCE = 8;

    private final MemoryLedger ledger;
    private final int minBytes;
    private final int maxBytes;
    private final Set<Ring> rings = ConcurrentHashMap.newKeySet();
    private final ReentrantLock relieving = new ReentrantLock();
    private Iterator<Ring> hand = Collections.emptyIterator();

    /**
     * Memory without rings.
     *
     * @param ledger accounts for it
     * @param minBytes how far a ring may grow while the ledger has no room, when the rings are few
     * @param maxBytes how far a ring may grow while it has
     */
    public RingMemory(MemoryLedger ledger, int minBytes, int maxBytes) {
        this.ledger = ledger;
        this.minBytes = minBytes;
        this.maxBytes = maxBytes;
    }

    /** An empty ring, whose next event has this offset or a higher one. Whoever opens it closes it. */
    public Ring open(long baseOffset) {
        Ring ring = new Ring(baseOffset, this);
        rings.add(ring);
        return ring;
    }

    /**
     * While the ledger has no room, has the next few rings give back what they hold beyond their share. Call it after
     * each append, and while holding no ring: then rings that nobody writes are reached too. Does not wait.
     */
    public void relieve() {
        if (!ledger.hasRoom() && relieving.tryLock()) {
            try {
                relieveSome();
            } finally {
                relieving.unlock();
            }
        }
    }

    void closed(Ring ring) {
        rings.remove(ring);
    }

    MemoryLedger.Account account() {
        return ledger.open();
    }

    /** How much a ring may hold now. */
    long boundBytes() {
        return ledger.hasRoom() ? maxBytes : Math.min(minBytes, ledger.limitBytes() / 2 / Math.max(1, rings.size()));
    }

    /** The most that a ring may ever hold. */
    int maxBytes() {
        return maxBytes;
    }

    /** True when a ring may hold an event of this length. */
    boolean holds(int lengthBytes) {
        return Page.heldBytes(lengthBytes, false) <= boundBytes();
    }

    /**
     * The capacity of the next page of a ring.
     *
     * @param expectedBytes what may be of use: as much as comes now, or as much again as the ring holds
     * @param lengthBytes what is needed
     */
    int pageBytes(long expectedBytes, int lengthBytes) {
        long most = Math.min(Page.PAGE_BYTES, boundBytes() / PAGES_OF_A_RING);
        return (int) Math.max(lengthBytes, Math.min(Math.max(FIRST_PAGE_BYTES, expectedBytes), most));
    }

    private void relieveSome() {
        for (int i = 0; i < RINGS_RELIEVED_AT_ONCE; i++) {
            if (!hand.hasNext()) {
                hand = rings.iterator();
            }
            if (!hand.hasNext()) {
                return;
            }
            hand.next().trim();
        }
    }
}
