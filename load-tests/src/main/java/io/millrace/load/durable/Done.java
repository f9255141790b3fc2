// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

/**
 * What a client has done, every event of it checked.
 *
 * @param nanos how long the moving itself took
 * @param events events published, or deliveries received
 * @param p50Micros latency from the moment an event was due, so a publisher that is held up hides nothing (coordinated
 *     omission); 0 where nothing was paced
 * @param p99Micros the same for the slowest hundredth
 */
record Done(long nanos, long events, long p50Micros, long p99Micros) {
    /** Work without a pace. */
    static Done unpaced(long nanos, long events) {
        return new Done(nanos, events, 0, 0);
    }

    double eventsPerSecond() {
        return events * 1e9 / nanos;
    }
}
