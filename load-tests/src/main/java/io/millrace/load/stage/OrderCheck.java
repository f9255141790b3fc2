// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.load.sample.SampleEvents;

/**
 * Holds what one reader of a partition receives against what was published there, in the order of the offsets. One
 * thread at a time writes.
 */
final class OrderCheck {
    private final SampleEvents samples;
    private final long first;
    private volatile long next;
    private long received;
    private long lost;
    private long repeated;
    private long misplaced;
    private long gaps;

    /**
     * @param samples what was published, each at its offset
     * @param first offset of the first event that this reader will get
     */
    OrderCheck(SampleEvents samples, long first) {
        this.samples = samples;
        this.first = first;
        this.next = first;
    }

    /** The next event has come. */
    void received(long offset, Event event) {
        long expected = next;
        received++;
        if (offset < expected) {
            repeated++;
            return;
        }
        lost += offset - expected;
        if (!isTheOne(offset, event)) {
            misplaced++;
        }
        next = offset + 1;
    }

    /** The server says that events will not come. */
    void gap() {
        gaps++;
    }

    /** How far this reader has got, in events behind its first; any thread may ask. */
    long passed() {
        return next - first;
    }

    /** Once nothing comes any more. */
    Counts counts() {
        return new Counts(received, lost, repeated, misplaced, gaps);
    }

    private boolean isTheOne(long offset, Event event) {
        Bytes data = event.data();
        return data != null && data.equals(samples.at(offset).data());
    }
}
