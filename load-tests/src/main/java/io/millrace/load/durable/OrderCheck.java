// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.load.sample.SampleEvents;

/** Counts what is replayed, and fails at the first event that is not the next one. Belongs to one thread at a time. */
final class OrderCheck {
    private final SampleEvents samples;
    private final long first;
    private long received;

    /** Of a reader that starts at the beginning. */
    OrderCheck() {
        this(new SampleEvents(), 0);
    }

    /**
     * @param samples what was published, each at its offset
     * @param first offset of the first event that this reader will get
     */
    OrderCheck(SampleEvents samples, long first) {
        this.samples = samples;
        this.first = first;
    }

    void received(long offset, Event event) {
        Bytes data = event.data();
        if (offset != first + received
                || data == null
                || !data.equals(samples.at(offset).data())) {
            throw new IllegalStateException("expected event " + (first + received) + ", got offset " + offset);
        }
        received++;
    }

    long received() {
        return received;
    }

    void requireReceived(long events) {
        if (received != events) {
            throw new IllegalStateException("received " + received + " of " + events + " events");
        }
    }
}
