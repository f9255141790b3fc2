// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.load.report.Statistics;
import java.time.Duration;
import java.util.List;

/**
 * The same work through Millrace and with Kafka's own client. All figures are medians over the pairs.
 *
 * @param events how many events each run moved
 * @param millraceEventsPerSecond Millrace's speed
 * @param kafkaEventsPerSecond the speed of Kafka's own client
 * @param ratio the first over the second, the median of the pairs' ratios
 * @param pairs what was measured, in order
 */
public record RaceFigures(
        long events, double millraceEventsPerSecond, double kafkaEventsPerSecond, double ratio, List<Pair> pairs) {
    private static final double NANOS_PER_SECOND = 1e9;

    static RaceFigures of(long events, List<Pair> pairs) {
        return new RaceFigures(
                events,
                Statistics.median(pairs, Pair::millraceEventsPerSecond),
                Statistics.median(pairs, Pair::kafkaEventsPerSecond),
                Statistics.median(pairs, Pair::ratio),
                pairs);
    }

    /** One run of each, one after the other. */
    public record Pair(double millraceEventsPerSecond, double kafkaEventsPerSecond, double ratio) {
        static Pair of(long events, Duration millrace, Duration kafka) {
            return new Pair(
                    events * NANOS_PER_SECOND / millrace.toNanos(),
                    events * NANOS_PER_SECOND / kafka.toNanos(),
                    (double) kafka.toNanos() / millrace.toNanos());
        }
    }
}
