// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.badinput.BadInput;
import io.millrace.load.badinput.BadInputReport;
import io.millrace.load.badinput.BadInputSettings;
import io.millrace.load.faults.FaultReport;
import io.millrace.load.faults.FaultRun;
import io.millrace.load.faults.FaultSettings;
import io.millrace.load.faults.RollingOutcome;
import io.millrace.load.faults.RollingRun;
import io.millrace.load.faults.RollingSettings;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that there is, one after the other: the seeds of faults, every scenario at its full count, rolling restarts and bad
 * input. Some three hours. What has ended is written at once, so an end too soon loses little. Blocks.
 */
public final class FullRun {
    /** So many make twenty of each kind of fault. */
    private static final int SEEDS = 5;

    private static final int RESTARTS = 30;
    private static final Duration RESTART_EVERY = Duration.ofSeconds(20);
    private static final long INPUTS = 1_000_000;
    private static final long SCRIPTS = 100_000;

    private final Environment environment;
    private final long seed;
    private final @Nullable Path directory;
    private final Progress progress;

    /**
     * Not begun yet.
     *
     * @param seed the first of several
     * @param directory where the pages go, if anywhere
     */
    public FullRun(Environment environment, long seed, @Nullable Path directory, Progress progress) {
        this.environment = environment;
        this.seed = seed;
        this.directory = directory;
        this.progress = progress;
    }

    /** Runs everything. A scenario that fails itself counts as one that was violated. */
    public FullReport run() throws IOException, InterruptedException {
        FaultReport faults = faults();
        List<ScenarioReport> scenarios = new ArrayList<>();
        for (Scenario scenario : Scenarios.all()) {
            scenarios.add(scenario(scenario));
        }
        progress.say("rolling restarts");
        RollingOutcome rolling = RollingRun.run(RollingSettings.of(seed, RESTARTS, RESTART_EVERY), progress);
        progress.say("bad input");
        BadInputReport badInput = BadInput.run(BadInputSettings.of(INPUTS, SCRIPTS, seed), progress);
        FullReport report = new FullReport(environment, faults, scenarios, rolling, badInput);
        if (directory != null) {
            report.write(directory);
        }
        return report;
    }

    private FaultReport faults() throws IOException {
        FaultReport report = FaultRun.all(environment, FaultSettings.full(seed, SEEDS), progress);
        if (directory != null) {
            report.write(directory.resolve(FullReport.SEEDS));
        }
        return report;
    }

    private ScenarioReport scenario(Scenario scenario) throws IOException {
        ScenarioSettings settings = ScenarioSettings.of(seed, scenario.fullCount());
        ScenarioReport report;
        try {
            report = ScenarioRun.run(environment, scenario, settings, progress);
        } catch (IOException | RuntimeException e) {
            progress.say(scenario.name() + " failed: " + e);
            report = new ScenarioReport(environment, scenario, settings, ScenarioOutcome.failed(e), 0);
        }
        if (directory != null) {
            report.write(directory.resolve(scenario.name()));
        }
        return report;
    }
}
