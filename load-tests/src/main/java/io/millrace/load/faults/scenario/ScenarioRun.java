// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.report.Environment;
import io.millrace.load.report.Progress;
import java.io.IOException;

/** Runs a scenario and takes its time. */
public final class ScenarioRun {
    private ScenarioRun() {}

    /** Blocks. Errors as {@link Scenario#run} does. */
    public static ScenarioReport run(
            Environment environment, Scenario scenario, ScenarioSettings settings, Progress progress)
            throws IOException {
        long startNanos = System.nanoTime();
        progress.say(scenario.name() + ", seed " + settings.seed() + ", " + settings.count() + " times");
        ScenarioOutcome outcome = scenario.run(settings, progress);
        return new ScenarioReport(environment, scenario, settings, outcome, (System.nanoTime() - startNanos) / 1e9);
    }
}
