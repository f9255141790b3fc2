// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.time.Duration;
import java.util.List;

/**
 * How fan-out is measured.
 *
 * @param subscribers numbers of subscribers, each measured by itself
 * @param warmUp CPU time that each server uses with the most subscribers before anything counts; the JIT needs 8 s
 * @param settling how long each runs with a new number of subscribers before its figures count
 * @param pairs how often Millrace and the baseline are measured one after the other
 * @param runUp time from idle to full speed, before each window
 * @param window time that is measured
 */
public record FanOutSettings(
        List<Integer> subscribers, Duration warmUp, Duration settling, int pairs, Duration runUp, Duration window) {
    /** About 80 s in all. */
    public static FanOutSettings quick() {
        return new FanOutSettings(
                List.of(1, 10, 100),
                Duration.ofSeconds(9),
                Duration.ofMillis(1500),
                5,
                Duration.ofMillis(250),
                Duration.ofMillis(1200));
    }

    /** About five minutes in all. */
    public static FanOutSettings full() {
        return new FanOutSettings(
                List.of(1, 10, 100, 1000),
                Duration.ofSeconds(20),
                Duration.ofSeconds(3),
                9,
                Duration.ofMillis(500),
                Duration.ofSeconds(3));
    }
}
