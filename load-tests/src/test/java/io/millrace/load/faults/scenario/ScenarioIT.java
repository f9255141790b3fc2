// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Scenarios as they are run by hand, each a few times only. */
class ScenarioIT {
    private static final long SEED = 20_261_130;

    @Test
    void aReadFromACursorIsExactAndABadCursorIsRefused() throws IOException {
        ScenarioOutcome outcome = run("cursors", 120);

        assertThat(outcome.figures()).containsEntry("exact", 120L).containsEntry("refused_altered", 7L);
    }

    @Test
    void whatIsStoredAndWhoseAcknowledgementIsLostIsStoredOnce() throws IOException {
        ScenarioOutcome outcome = run("ambiguous", 48);

        assertThat(outcome.figures()).containsEntry("duplicated", 0L).containsEntry("lost", 0L);
    }

    @Test
    void aBrokerThatWasFrozenOrIsLateWritesNothingForWhomAnotherHasTakenOver() throws IOException {
        ScenarioOutcome outcome = run("zombies", 4);

        assertThat(outcome.figures()).containsEntry("duplicated", 0L).containsEntry("lost", 0L);
    }

    @Test
    void whoeverComesIntoTheLiveStreamWhileSomethingFailsMissesNothing() throws IOException {
        ScenarioOutcome outcome = run("hand-over", 20);

        assertThat(outcome.figures()).containsEntry("gaps_and_overlaps", 0L);
    }

    private static ScenarioOutcome run(String name, int count) throws IOException {
        Scenario scenario = Scenarios.named(name).orElseThrow();
        ScenarioOutcome outcome = scenario.run(ScenarioSettings.of(SEED, count), System.out::println);
        System.out.println(name + ": " + outcome);
        assertThat(outcome.examples()).isEmpty();
        assertThat(outcome.skipped()).isEmpty();
        assertThat(outcome.isClean()).as("%s", outcome.targets()).isTrue();
        return outcome;
    }
}
