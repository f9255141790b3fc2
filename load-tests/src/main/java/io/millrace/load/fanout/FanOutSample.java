// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.time.Duration;

/**
 * What one server did in one window.
 *
 * @param window how long it was
 * @param deliveries events received, by all subscribers together
 * @param messages messages that they came in
 * @param cpu CPU time of the whole server process
 */
record FanOutSample(Duration window, long deliveries, long messages, Duration cpu) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    double deliveriesPerSecond() {
        return deliveries * NANOS_PER_SECOND / window.toNanos();
    }

    double eventsPerMessage() {
        return (double) deliveries / messages;
    }

    double cpuMicrosPerDelivery() {
        return cpu.toNanos() / NANOS_PER_MICRO / deliveries;
    }
}
