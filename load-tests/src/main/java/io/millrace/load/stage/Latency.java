// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How late deliveries came, from the moment that their event was due: a publisher that is held up hides nothing
 * (coordinated omission).
 *
 * @param millis the latency at each of {@link #PERCENTILES}
 */
public record Latency(List<Double> millis) {
    /** What is told of a distribution. */
    public static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0);

    private static final double MICROS_PER_MILLI = 1e3;

    static Latency of(Histogram micros) {
        return new Latency(PERCENTILES.stream()
                .map(percentile -> micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI)
                .toList());
    }

    /** Of a run that fell so far behind that it was given up. */
    static Latency atLeast(double millis) {
        return new Latency(PERCENTILES.stream().map(percentile -> millis).toList());
    }

    /** The middle. */
    public double p50() {
        return millis.get(PERCENTILES.indexOf(50.0));
    }

    /** What 99 of 100 deliveries were not slower than. */
    public double p99() {
        return millis.get(PERCENTILES.indexOf(99.0));
    }
}
