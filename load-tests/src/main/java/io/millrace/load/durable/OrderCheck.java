// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.load.sample.SampleEvents;

/** Counts what is replayed, and fails at the first event that is not the next one. Belongs to one thread at a time. */
final class OrderCheck {
    private final SampleEvents samples = new SampleEvents();
    private long received;

    void received(long offset, Event event) {
        Bytes data = event.data();
        if (offset != received
                || data == null
                || !data.equals(samples.at(offset).data())) {
            throw new IllegalStateException("expected event " + received + ", got offset " + offset);
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
