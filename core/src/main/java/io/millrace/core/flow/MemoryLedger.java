// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.flow;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The one account of payload bytes that are in memory on somebody's behalf: rings, chunks of history on their way, and
 * events that wait for the disk.
 *
 * <p>Every holder opens an {@link Account}, and what it takes it gives back; when nothing is under way the ledger stands
 * at zero. The ledger counts, and refuses nothing: who holds what may be of use again asks {@link #hasRoom}, and who
 * begins something new follows {@link #usedBytes}. Thread-safe; never blocks.
 */
public final class MemoryLedger {
    private static final double SPARE_BELOW = 0.7;

    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    /** A ledger that is full at {@code limitBytes}. */
    public MemoryLedger(long limitBytes) {
        if (limitBytes <= 0) {
            throw new IllegalArgumentException("limit of " + limitBytes + " bytes");
        }
        this.limitBytes = limitBytes;
    }

    /** A quarter of the heap, the default of the program. */
    public static MemoryLedger ofHeapShare() {
        return new MemoryLedger(Runtime.getRuntime().maxMemory() / 4);
    }

    /** An account in this ledger that holds nothing yet. */
    public Account open() {
        return new Account(this);
    }

    /** Bytes held now. */
    public long usedBytes() {
        return usedBytes.get();
    }

    /** The bound. */
    public long limitBytes() {
        return limitBytes;
    }

    /** True while there is room for what is kept only because it may be of use again: less than 70 % are held. */
    public boolean hasRoom() {
        return usedBytes.get() < limitBytes * SPARE_BELOW;
    }

    /** What one holder has taken. Thread-safe. */
    public static final class Account implements AutoCloseable {
        private final MemoryLedger ledger;
        private final AtomicLong heldBytes = new AtomicLong();

        private Account(MemoryLedger ledger) {
            this.ledger = ledger;
        }

        /* The ledger learns first of what is taken and last of what is given, so it never says less than is held. */

        /** Takes bytes, whether there is room or not. */
        public void take(long bytes) {
            ledger.usedBytes.addAndGet(bytes);
            heldBytes.addAndGet(bytes);
        }

        /** Gives bytes back that were taken. */
        public void give(long bytes) {
            heldBytes.addAndGet(-bytes);
            ledger.usedBytes.addAndGet(-bytes);
        }

        /** Bytes held now. */
        public long heldBytes() {
            return heldBytes.get();
        }

        /** Gives everything back. Idempotent. */
        @Override
        public void close() {
            ledger.usedBytes.addAndGet(-heldBytes.getAndSet(0));
        }
    }
}
