// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both ways, on a real node; each run checks by itself that every event was moved. */
class DurableBenchmarkIT {
    private final List<String> progress = new ArrayList<>();

    @Test
    void bothWaysPublishAndReplayEveryEvent() throws IOException {
        DurableSettings settings = new DurableSettings(20_000, Duration.ofMillis(1), Duration.ofMillis(200), 1);

        DurableFigures figures = new DurableBenchmark(settings, progress::add).run();

        assertThat(List.of(figures.publish(), figures.replay())).allSatisfy(race -> {
            assertThat(race.events()).isPositive();
            assertThat(race.millraceEventsPerSecond()).isPositive();
            assertThat(race.kafkaEventsPerSecond()).isPositive();
            assertThat(race.ratio()).isPositive();
            assertThat(race.pairs()).hasSize(1);
        });
        assertThat(figures.fileStore()).isNotBlank();
        assertThat(progress).anyMatch(line -> line.contains("publishing")).anyMatch(line -> line.contains("replaying"));
    }
}
