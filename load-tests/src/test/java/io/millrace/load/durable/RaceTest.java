// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaceTest {
    private final List<String> runs = new ArrayList<>();

    @Test
    void aRunMovesAsManyEventsAsTheSlowerOneMovesInAWindow() {
        RaceFigures figures = new Race(1_000_000, Duration.ofSeconds(3), Duration.ofSeconds(2), 3)
                .between(ofSpeed("slow", 10_000), ofSpeed("fast", 40_000));

        assertThat(figures.events()).isEqualTo(20_000);
        assertThat(figures.millraceEventsPerSecond()).isCloseTo(10_000, within(1.0));
        assertThat(figures.kafkaEventsPerSecond()).isCloseTo(40_000, within(1.0));
        assertThat(figures.ratio()).isCloseTo(0.25, within(0.001));
        assertThat(figures.pairs()).hasSize(3);
    }

    @Test
    void bothAreWarmBeforeTheFirstPairAndThenTakeTurns() {
        new Race(5_000, Duration.ofMillis(500), Duration.ofMillis(500), 2)
                .between(ofSpeed("a", 10_000), ofSpeed("b", 10_000));

        assertThat(runs).containsExactly("a", "b", "a", "b", "a", "b");
    }

    @Test
    void noRunMovesMoreThanThereIs() {
        RaceFigures figures = new Race(700, Duration.ofSeconds(1), Duration.ofSeconds(2), 1)
                .between(ofSpeed("a", 10_000), ofSpeed("b", 10_000));

        assertThat(figures.events()).isEqualTo(700);
    }

    private Contender ofSpeed(String name, int eventsPerSecond) {
        return events -> {
            runs.add(name);
            return Duration.ofNanos(events * 1_000_000_000L / eventsPerSecond);
        };
    }
}
