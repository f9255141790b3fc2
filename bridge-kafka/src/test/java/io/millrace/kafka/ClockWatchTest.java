// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
    private final List<Duration> told = new ArrayList<>();
    private long wallMillis = 1_700_000_000_000L;
    private long nanos = -5_000_000_000L;
    private boolean fails;
    private final ClockWatch watch = new ClockWatch(() -> wallMillis, () -> nanos, this::wentBack);

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void aClockThatGoesOnOrJumpsAheadIsNothingToTell() {
        pass(1_000, 1_000);
        pass(1_000, 3_600_000);
        pass(60_000, 60_000);

        assertThat(told).isEmpty();
    }

    @Test
    void aClockThatGoesBackIsToldOnceWithHowFar() {
        pass(1_000, -589_000);
        pass(1_000, 1_000);

        assertThat(told).containsExactly(Duration.ofSeconds(590));
    }

    @Test
    void aClockThatStandsStillWhileTimePassesHasGoneBack() {
        pass(5_000, 0);

        assertThat(told).containsExactly(Duration.ofSeconds(5));
    }

    @Test
    void theSmallStepsThatKeepAClockRightAreNotTold() {
        for (int step = 0; step < 100; step++) {
            pass(1_000, 900);
            pass(1_000, 500);
        }

        assertThat(told).isEmpty();
    }

    @Test
    void whatGoesWrongWithWhoeverIsToldIsNotTheEndOfTheWatch() {
        fails = true;
        pass(1_000, -10_000);
        fails = false;
        pass(1_000, -10_000);

        assertThat(told).hasSize(2);
    }

    private void pass(long millis, long onTheWall) {
        nanos += Duration.ofMillis(millis).toNanos();
        wallMillis += onTheWall;
        watch.look();
    }

    private void wentBack(Duration back) {
        told.add(back);
        if (fails) {
            throw new IllegalStateException("a client that cannot be made");
        }
    }
}
