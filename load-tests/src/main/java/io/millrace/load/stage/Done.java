// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client has done.
 *
 * @param nanos how long the moving itself took
 * @param events events published, or deliveries received
 * @param counts what its readers found; {@link Counts#NONE} where nothing was read
 * @param latency where there was a pace
 */
public record Done(
        long nanos, long events, Counts counts, @Nullable Latency latency) {
    /** Work without a pace. */
    static Done unpaced(long nanos, long events, Counts counts) {
        return new Done(nanos, events, counts, null);
    }

    /** Every reader to the end of what is replayed. */
    static Done replayed(Work.Replay work, long nanos, List<OrderCheck> readers) {
        Counts counts = readers.stream().map(OrderCheck::counts).reduce(Counts.NONE, Counts::plus);
        return unpaced(nanos, (long) work.events() * work.readers(), counts);
    }

    /** The speed. */
    public double eventsPerSecond() {
        return events * 1e9 / nanos;
    }

    /** Of paced work. */
    public Latency requireLatency() {
        if (latency == null) {
            throw new IllegalStateException("work without a pace has no latency");
        }
        return latency;
    }
}
