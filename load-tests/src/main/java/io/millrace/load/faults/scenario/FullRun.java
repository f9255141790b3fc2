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
 * input. Some two hours. What has ended is written at once, so an end too soon loses little. Blocks.
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
    private final List<FullPart> parts = new ArrayList<>();

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

    /** Runs everything, once. A part that fails itself counts as one that was violated. */
    public FullReport run() throws IOException, InterruptedException {
        add(FullPart.FAULTS, this::faults);
        for (Scenario scenario : Scenarios.all()) {
            add(scenario.name(), () -> scenario(scenario));
        }
        add(FullPart.ROLLING, this::rolling);
        add(FullPart.BAD_INPUT, this::badInput);
        return new FullReport(environment, parts);
    }

    /** Runs a part and writes its page. */
    private interface Part {
        FullPart run() throws IOException, InterruptedException;
    }

    private void add(String name, Part part) throws IOException, InterruptedException {
        progress.say("=== " + name);
        try {
            parts.add(part.run());
        } catch (IOException | RuntimeException e) {
            parts.add(FullPart.failed(name, e));
        }
        progress.say("=== " + name + ": " + parts.get(parts.size() - 1).result());
        if (directory != null) {
            new FullReport(environment, parts).write(directory);
        }
    }

    private FullPart faults() throws IOException {
        FaultReport report = FaultRun.all(environment, FaultSettings.full(seed, SEEDS), progress);
        if (directory != null) {
            report.write(directory.resolve(FullPart.FAULTS));
        }
        return FullPart.of(report);
    }

    private FullPart scenario(Scenario scenario) throws IOException {
        ScenarioReport report =
                ScenarioRun.run(environment, scenario, ScenarioSettings.of(seed, scenario.fullCount()), progress);
        if (directory != null) {
            report.write(directory.resolve(scenario.name()));
        }
        return FullPart.of(report);
    }

    private FullPart rolling() throws IOException {
        RollingOutcome outcome = RollingRun.run(RollingSettings.of(seed, RESTARTS, RESTART_EVERY), progress);
        if (directory != null) {
            outcome.write(directory.resolve(FullPart.ROLLING), environment);
        }
        return FullPart.of(outcome, environment);
    }

    private FullPart badInput() throws IOException, InterruptedException {
        BadInputReport report = BadInput.run(BadInputSettings.of(INPUTS, SCRIPTS, seed), progress);
        if (directory != null) {
            report.write(directory.resolve(FullPart.BAD_INPUT), environment);
        }
        return FullPart.of(report);
    }
}
