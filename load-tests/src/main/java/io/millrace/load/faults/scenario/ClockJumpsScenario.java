// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.report.Progress;

/**
 * The clock of a broker jumps. Nothing here can make it do so for one process without touching the machine's: that takes
 * libfaketime, which is not part of this program, so the scenario tells that it was skipped.
 */
final class ClockJumpsScenario implements Scenario {
    @Override
    public String name() {
        return "clock-jumps";
    }

    @Override
    public String promise() {
        return "a broker whose clock jumps goes on; counted are jumps";
    }

    @Override
    public int fullCount() {
        return 10;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) {
        return ScenarioOutcome.skipped(
                settings.count() + " jumps: the clock of one process cannot be set without libfaketime");
    }
}
