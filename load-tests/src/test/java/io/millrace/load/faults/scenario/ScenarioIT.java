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
        ScenarioOutcome outcome = run("cursors", 250);

        assertThat(outcome.figures()).containsEntry("exact", 250L).containsEntry("refused_altered", 13L);
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
