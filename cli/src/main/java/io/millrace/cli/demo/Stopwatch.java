// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.core.event.Event;
import java.util.Arrays;

/** When each flight was published and when it arrived, in nanoseconds. One writer for each of the two columns. */
final class Stopwatch {
    private final long[] publishedNanos;
    private final long[] arrivedNanos;

    Stopwatch(int flights) {
        publishedNanos = new long[flights];
        arrivedNanos = new long[flights];
    }

    void published(Event event) {
        Flights.indexOf(event.id()).ifPresent(i -> publishedNanos[i] = System.nanoTime());
    }

    void arrived(Event event) {
        Flights.indexOf(event.id()).ifPresent(i -> arrivedNanos[i] = System.nanoTime());
    }

    /** Milliseconds from publication to arrival that a share of the flights stayed below. */
    double latencyMillis(double share) {
        long[] latencies = new long[arrivedNanos.length];
        int count = 0;
        for (int i = 0; i < latencies.length; i++) {
            if (arrivedNanos[i] != 0 && publishedNanos[i] != 0) {
                latencies[count++] = arrivedNanos[i] - publishedNanos[i];
            }
        }
        if (count == 0) {
            return 0;
        }
        Arrays.sort(latencies, 0, count);
        return latencies[Math.min(count - 1, (int) (share * count))] / 1e6;
    }
}
