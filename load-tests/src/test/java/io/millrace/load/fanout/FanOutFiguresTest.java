// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.load.fanout.FanOutFigures.Pair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FanOutFiguresTest {
    @Test
    void aSampleIsDividedByItsOwnWindowAndDeliveries() {
        FanOutSample sample = new FanOutSample(Duration.ofMillis(500), 1_000_000, 10_000, Duration.ofMillis(250));

        assertThat(sample.deliveriesPerSecond()).isEqualTo(2_000_000);
        assertThat(sample.cpuMicrosPerDelivery()).isEqualTo(0.25);
        assertThat(sample.eventsPerMessage()).isEqualTo(100);
    }

    @Test
    void theRatioIsTheMedianOfThePairsNotTheRatioOfTheMedians() {
        List<Pair> pairs = List.of(pair(1, 10), pair(2, 40), pair(4, 50));

        FanOutFigures figures = FanOutFigures.of(100, pairs, 0);

        assertThat(figures.cpuRatio()).isCloseTo(12.5, within(1e-9));
        assertThat(figures.millrace().cpuMicrosPerDelivery()).isEqualTo(2);
        assertThat(figures.baseline().cpuMicrosPerDelivery()).isEqualTo(40);
    }

    private static Pair pair(int oursMicros, int theirsMicros) {
        return Pair.of(sample(oursMicros), sample(theirsMicros));
    }

    private static FanOutSample sample(int cpuMicrosPerDelivery) {
        return new FanOutSample(Duration.ofSeconds(1), 1000, 1000, Duration.ofMillis(cpuMicrosPerDelivery));
    }
}
