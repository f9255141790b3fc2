// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.load.stage.Counts;
import io.millrace.load.stage.Cpu;
import io.millrace.load.stage.Done;
import io.millrace.load.stage.Measurement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class RaceTest {
    private final List<String> runs = new ArrayList<>();

    @Test
    void aRunMovesAsManyEventsAsTheSlowerOneMovesInAWindow() {
        Pairs pairs = new Race(1_000_000, Duration.ofSeconds(3), Duration.ofSeconds(2), 3)
                .between(ofSpeed("slow", 10_000), ofSpeed("fast", 40_000));

        assertThat(pairs.list()).hasSize(3);
        assertThat(pairs.ours(run -> run.done().events())).isEqualTo(20_000);
        assertThat(pairs.ours(run -> run.done().eventsPerSecond())).isCloseTo(10_000, within(1.0));
        assertThat(pairs.theirs(run -> run.done().eventsPerSecond())).isCloseTo(40_000, within(1.0));
        assertThat(pairs.ratio(run -> run.done().eventsPerSecond())).isCloseTo(0.25, within(0.001));
    }

    @Test
    void bothAreWarmBeforeTheFirstPairAndThenTakeTurns() {
        new Race(5_000, Duration.ofMillis(500), Duration.ofMillis(500), 2)
                .between(ofSpeed("a", 10_000), ofSpeed("b", 10_000));

        assertThat(runs).containsExactly("a", "b", "a", "b", "a", "b");
    }

    @Test
    void noRunMovesMoreThanThereIs() {
        Pairs pairs = new Race(700, Duration.ofSeconds(1), Duration.ofSeconds(2), 1)
                .between(ofSpeed("a", 10_000), ofSpeed("b", 10_000));

        assertThat(pairs.ours(run -> run.done().events())).isEqualTo(700);
    }

    private IntFunction<Measurement> ofSpeed(String name, int eventsPerSecond) {
        return events -> {
            runs.add(name);
            return RaceTest.measurement(events, events * 1_000_000_000L / eventsPerSecond, Counts.NONE);
        };
    }

    static Measurement measurement(long events, long nanos, Counts counts) {
        return new Measurement(new Done(nanos, events, counts, null), new Cpu(0, 0, 0));
    }
}
