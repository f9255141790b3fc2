// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import io.millrace.broker.ring.Page;
import io.millrace.core.flow.MemoryLedger;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a few pages that nobody reads any more, for those to come: pages of history live too long for the young
 * generation, so making each of them anew costs full collections (decision 0026). Guarded by the history.
 */
final class SparePages {
    /** About as many as a chunk has. */
    private static final int MOST = 4;

    private final MemoryLedger.Account account;
    private final Deque<byte[]> spare = new ArrayDeque<>(MOST);

    /**
     * None yet.
     *
     * @param account accounts for them
     */
    SparePages(MemoryLedger.Account account) {
        this.account = account;
    }

    /** Takes the bytes of a page that has been given up, if it has room and nobody reads them. */
    void add(Page page) {
        byte[] bytes = page.isFullGrown() && spare.size() < MOST ? page.retire() : null;
        if (bytes != null) {
            account.take(bytes.length);
            spare.push(bytes);
        }
    }

    /** The bytes for a page, or {@code null} when there are none. */
    byte @Nullable [] take() {
        byte[] bytes = spare.poll();
        if (bytes != null) {
            account.give(bytes.length);
        }
        return bytes;
    }

    /** Gives all of them back. */
    void clear() {
        while (take() != null) {
            // the account has it back
        }
    }
}
