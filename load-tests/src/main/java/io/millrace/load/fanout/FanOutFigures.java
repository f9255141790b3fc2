// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.load.report.Statistics;
import java.util.List;

/**
 * Fan-out to one number of subscribers. All figures are medians over the pairs.
 *
 * @param subscribers how many
 * @param millrace Millrace's figures
 * @param baseline the baseline's
 * @param cpuRatio the baseline's CPU time per delivery over Millrace's, the median of the pairs' ratios
 * @param rateRatio Millrace's deliveries per second over the baseline's, the median of the pairs' ratios
 * @param fellBehind how often a subscriber of Millrace was served from the log because it was too slow for the ring
 * @param pairs what was measured, in order
 */
public record FanOutFigures(
        int subscribers,
        Side millrace,
        Side baseline,
        double cpuRatio,
        double rateRatio,
        long fellBehind,
        List<Pair> pairs) {

    static FanOutFigures of(int subscribers, List<Pair> pairs, long fellBehind) {
        return new FanOutFigures(
                subscribers,
                Side.median(pairs.stream().map(Pair::millrace).toList()),
                Side.median(pairs.stream().map(Pair::baseline).toList()),
                Statistics.median(pairs, Pair::cpuRatio),
                Statistics.median(pairs, Pair::rateRatio),
                fellBehind,
                pairs);
    }

    /**
     * One server.
     *
     * @param deliveriesPerSecond events received by all subscribers together
     * @param cpuMicrosPerDelivery CPU time of the whole server process for each of them
     * @param eventsPerMessage how many came in one message
     */
    public record Side(double deliveriesPerSecond, double cpuMicrosPerDelivery, double eventsPerMessage) {
        static Side of(FanOutSample sample) {
            return new Side(sample.deliveriesPerSecond(), sample.cpuMicrosPerDelivery(), sample.eventsPerMessage());
        }

        static Side median(List<Side> sides) {
            return new Side(
                    Statistics.median(sides, Side::deliveriesPerSecond),
                    Statistics.median(sides, Side::cpuMicrosPerDelivery),
                    Statistics.median(sides, Side::eventsPerMessage));
        }
    }

    /** One window of each, one after the other. */
    public record Pair(Side millrace, Side baseline, double cpuRatio, double rateRatio) {
        static Pair of(FanOutSample millrace, FanOutSample baseline) {
            return new Pair(
                    Side.of(millrace),
                    Side.of(baseline),
                    baseline.cpuMicrosPerDelivery() / millrace.cpuMicrosPerDelivery(),
                    millrace.deliveriesPerSecond() / baseline.deliveriesPerSecond());
        }
    }
}
