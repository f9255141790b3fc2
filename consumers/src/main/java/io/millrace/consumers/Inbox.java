// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What has come and waits for the user. Batches are bounded by the credit; of notices between two batches only the last
 * of a kind is kept, except gaps, and those are bounded here. Thread-safe.
 */
final class Inbox {
    private static final int MAX_GAPS = 1_024;

    private final Deque<Arrival> arrivals = new ArrayDeque<>();
    private int gaps;

    synchronized void add(Arrival.Batch batch) {
        arrivals.addLast(batch);
    }

    synchronized void add(Arrival.Missing gap) {
        if (++gaps > MAX_GAPS) {
            throw MillraceException.of(
                    Reason.SLOW_CONSUMER, "more than " + MAX_GAPS + " gap reports wait for the subscriber");
        }
        arrivals.addLast(gap);
    }

    synchronized void add(Arrival.Notice notice) {
        forgetSince(notice.signal().getClass());
        arrivals.addLast(notice);
    }

    synchronized @Nullable Arrival poll() {
        Arrival arrival = arrivals.pollFirst();
        if (arrival instanceof Arrival.Missing) {
            gaps--;
        }
        return arrival;
    }

    synchronized boolean isEmpty() {
        return arrivals.isEmpty();
    }

    synchronized void clear() {
        arrivals.clear();
        gaps = 0;
    }

    /** Removes the notice of the same kind that no event has come after. */
    private void forgetSince(Class<?> kind) {
        Iterator<Arrival> newestFirst = arrivals.descendingIterator();
        while (newestFirst.hasNext() && newestFirst.next() instanceof Arrival.Notice notice) {
            if (kind.isInstance(notice.signal())) {
                newestFirst.remove();
                return;
            }
        }
    }
}
