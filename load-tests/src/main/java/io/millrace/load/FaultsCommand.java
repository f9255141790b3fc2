// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.faults.FaultReport;
import io.millrace.load.faults.FaultRun;
import io.millrace.load.faults.FaultSettings;
import io.millrace.load.faults.RollingOutcome;
import io.millrace.load.faults.RollingRun;
import io.millrace.load.faults.RollingSettings;
import io.millrace.load.faults.scenario.FullReport;
import io.millrace.load.faults.scenario.FullRun;
import io.millrace.load.faults.scenario.Scenario;
import io.millrace.load.faults.scenario.ScenarioReport;
import io.millrace.load.faults.scenario.ScenarioRun;
import io.millrace.load.faults.scenario.ScenarioSettings;
import io.millrace.load.faults.scenario.Scenarios;
import io.millrace.load.process.ServeOptions;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Publishes and reads while things go wrong, and checks every event. */
@Command(
        name = "faults",
        description = "Publishes and reads while things go wrong, and holds every event against what was acknowledged.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:nothing was lost, repeated, reordered or changed, and everything went on",
            "1:the run failed",
            "2:usage",
            "8:something was wrong"
        })
final class FaultsCommand implements Callable<Integer> {
    private static final int VIOLATED = 8;
    private static final Duration EVERY = Duration.ofSeconds(20);
    private static final long MOST_RANDOM_SEEDS = 1_000_000;

    enum Output {
        TEXT,
        JSON
    }

    /** Which of them. */
    static final class Size {
        @Option(names = "--smoke", description = "Each kind of fault once, a million events: less than two minutes.")
        boolean smoke;

        @Option(
                names = "--seeds",
                paramLabel = "N",
                description = "Each kind four times, four million events, for each of so many seeds; five take twenty"
                        + " minutes.")
        @Nullable
        Integer seeds;

        @Option(
                names = "--full",
                description =
                        "All there is: five seeds, every scenario, thirty rolling restarts, a million bad inputs; about"
                                + " two hours.")
        boolean full;

        @Option(
                names = "--rolling",
                paramLabel = "N",
                description = "Nothing but N graceful restarts of both brokers in turn, at 5,000 events a second.")
        @Nullable
        Integer rolling;

        @Option(
                names = "--scenario",
                paramLabel = "NAME",
                description = "One promise put to the test. One of ${COMPLETION-CANDIDATES}.",
                completionCandidates = ScenarioNames.class,
                converter = ScenarioName.class)
        @Nullable
        Scenario scenario;
    }

    /** How a scenario is run. */
    static final class ScenarioOptions {
        @Option(
                names = "--count",
                paramLabel = "N",
                description = "With --scenario: how often; what is counted is the scenario's own.")
        @Nullable
        Integer count;

        @Option(
                names = "--for",
                paramLabel = "TIME",
                description = "With --scenario kafka-stopped: how long Kafka is away. Default: 10m.",
                converter = Seconds.class)
        @Nullable
        Duration lasts;

        @Option(
                names = "--fast",
                description =
                        "With --scenario power-failure: Kafka leaves it to the system when to write; what is lost is"
                                + " measured and no violation.")
        boolean fast;
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli
    Size size;

    @ArgGroup(exclusive = false)
    @Nullable
    ScenarioOptions scenarioOptions;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "With --rolling: from one restart to the next, for example 20s or 1m. Default: 20s.",
            converter = Seconds.class)
    @Nullable
    Duration every;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "What the plan of the faults follows from; the first of several. Default: another each time.")
    @Nullable
    Long seed;

    @Option(
            names = {"-o", "--output"},
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "TEXT")
    Output output = Output.TEXT;

    @Option(names = "--report", paramLabel = "DIR", description = "Write a page there too, and the JSON.")
    @Nullable
    Path reportDirectory;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (size.scenario != null) {
            return scenario(size.scenario);
        }
        if (scenarioOptions != null) {
            throw usage("--count, --for and --fast mean nothing without --scenario");
        }
        if (size.rolling != null) {
            return restarts(size.rolling);
        }
        requireNoEvery();
        if (size.seeds != null) {
            return faults(severalSeeds(size.seeds));
        }
        return size.full ? full() : faults(List.of(FaultSettings.smoke(firstSeed())));
    }

    private int scenario(Scenario scenario) throws IOException {
        requireNoEvery();
        ScenarioReport report = ScenarioRun.run(
                Environment.here(ServeOptions.all()), scenario, settings(scenario), Progress.onStandardError());
        if (reportDirectory != null) {
            report.write(reportDirectory);
        }
        spec.commandLine().getOut().println(output == Output.JSON ? report.toJson() : report.toText());
        return report.outcome().isClean() ? CommandLine.ExitCode.OK : VIOLATED;
    }

    private ScenarioSettings settings(Scenario scenario) {
        ScenarioOptions options = scenarioOptions == null ? new ScenarioOptions() : scenarioOptions;
        try {
            return new ScenarioSettings(
                    firstSeed(),
                    options.count == null ? scenario.fullCount() : options.count,
                    options.lasts == null ? ScenarioSettings.USUAL_LASTS : options.lasts,
                    options.fast);
        } catch (IllegalArgumentException e) {
            throw usage("--scenario: " + e.getMessage());
        }
    }

    private void requireNoEvery() {
        if (every != null) {
            throw usage("--every means nothing without --rolling");
        }
    }

    private CommandLine.ParameterException usage(String problem) {
        return new CommandLine.ParameterException(spec.commandLine(), problem);
    }

    private int restarts(int times) throws IOException {
        Environment environment = Environment.here(ServeOptions.all());
        RollingOutcome outcome = RollingRun.run(rollingSettings(times), Progress.onStandardError());
        if (reportDirectory != null) {
            outcome.write(reportDirectory, environment);
        }
        spec.commandLine()
                .getOut()
                .println(output == Output.JSON ? outcome.toJson(environment) : outcome.toText(environment));
        return outcome.isClean() ? CommandLine.ExitCode.OK : VIOLATED;
    }

    private RollingSettings rollingSettings(int times) {
        try {
            return RollingSettings.of(firstSeed(), times, every == null ? EVERY : every);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--rolling: " + e.getMessage(), e);
        }
    }

    private int full() throws IOException, InterruptedException {
        FullReport report = new FullRun(
                        Environment.here(ServeOptions.all()), firstSeed(), reportDirectory, Progress.onStandardError())
                .run();
        spec.commandLine().getOut().println(output == Output.JSON ? report.toJson() : report.toText());
        return report.isClean() ? CommandLine.ExitCode.OK : VIOLATED;
    }

    private int faults(List<FaultSettings> runs) throws IOException {
        FaultReport report = FaultRun.all(Environment.here(ServeOptions.all()), runs, Progress.onStandardError());
        if (reportDirectory != null) {
            report.write(reportDirectory);
        }
        spec.commandLine().getOut().println(output == Output.JSON ? report.toJson() : report.toText());
        return exitCode(report);
    }

    static int exitCode(FaultReport report) {
        return report.isClean() ? CommandLine.ExitCode.OK : VIOLATED;
    }

    private List<FaultSettings> severalSeeds(int count) {
        if (count < 1) {
            throw usage("--seeds is 1 or more");
        }
        return FaultSettings.full(firstSeed(), count);
    }

    private long firstSeed() {
        return seed == null ? ThreadLocalRandom.current().nextLong(MOST_RANDOM_SEEDS) : seed;
    }

    /** One that there is. */
    static final class ScenarioName implements ITypeConverter<Scenario> {
        @Override
        public Scenario convert(String text) {
            return Scenarios.named(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "there is no scenario '" + text + "' but " + String.join(", ", Scenarios.names())));
        }
    }

    /** The names of all scenarios. */
    static final class ScenarioNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Scenarios.names().iterator();
        }
    }

    /** {@code 20s}, {@code 1m} or {@code 1m30s}. */
    static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Duration.parse("PT" + text);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("'" + text + "' is no time such as 20s or 1m");
            }
        }
    }
}
