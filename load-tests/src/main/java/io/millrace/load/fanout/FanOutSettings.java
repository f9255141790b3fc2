// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.time.Duration;

/**
 * How fan-out is measured.
 *
 * @param warmUpSubscribers subscribers while a server warms up
 * @param warmUp CPU time that each server uses at least before anything counts; more until its compiler rests
 * @param settling how long each runs with a new number of subscribers before its figures count
 * @param pairs how often both sides are measured one after the other
 * @param limitPairs the same beside the limit of the machine, which differs less from one time to the next
 * @param runUp time from idle to full speed, before each window
 * @param window time that is measured
 */
public record FanOutSettings(
        int warmUpSubscribers,
        Duration warmUp,
        Duration settling,
        int pairs,
        int limitPairs,
        Duration runUp,
        Duration window) {
    /** For a hint in seconds. */
    public static FanOutSettings quick() {
        return new FanOutSettings(
                100,
                Duration.ofSeconds(12),
                Duration.ofMillis(800),
                5,
                3,
                Duration.ofMillis(250),
                Duration.ofMillis(1000));
    }

    /** For figures to quote. */
    public static FanOutSettings full() {
        return new FanOutSettings(
                100,
                Duration.ofSeconds(20),
                Duration.ofSeconds(3),
                7,
                7,
                Duration.ofMillis(500),
                Duration.ofSeconds(3));
    }
}
