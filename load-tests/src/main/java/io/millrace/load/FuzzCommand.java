// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.load.fuzz.FuzzOutcome;
import io.millrace.load.fuzz.FuzzRun;
import io.millrace.load.fuzz.FuzzTarget;
import io.millrace.load.report.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code load-tests/run fuzz}. */
@Command(
        name = "fuzz",
        description = "Lets a fuzzer look for bytes that our code does not expect, led by what it covers.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:nothing was found", "1:the run failed", "2:usage", "8:something was found"})
final class FuzzCommand implements Callable<Integer> {
    private static final int FOUND = 8;

    enum Output {
        TEXT,
        JSON
    }

    /** As one object. */
    record Report(
            long seed, @JsonProperty("seconds_each") long secondsEach, List<FuzzOutcome> targets, boolean clean) {}

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Parameters(
            paramLabel = "TARGET",
            arity = "0..*",
            description = "One or more of ${COMPLETION-CANDIDATES}. Default: all of them.")
    List<FuzzTarget> targets = List.of(FuzzTarget.values());

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "How long each target is fuzzed, for example 30s or 10m. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1m",
            converter = FaultsCommand.Seconds.class)
    Duration time = Duration.ofMinutes(1);

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Other inputs for another seed; threads and time have a say too. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    long seed;

    @Option(names = "--input", paramLabel = "BASE64", description = "Tries this input only, of one target.")
    @Nullable
    String input;

    @Option(
            names = {"-o", "--output"},
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "TEXT")
    Output output = Output.TEXT;

    @Override
    public Integer call() throws IOException {
        List<FuzzOutcome> outcomes = input == null ? fuzz() : List.of(repeat(input));
        boolean clean = outcomes.stream().allMatch(FuzzOutcome::isClean);
        if (output == Output.JSON) {
            spec.commandLine()
                    .getOut()
                    .println(JsonMapper.shared()
                            .writeValueAsString(new Report(seed, time.toSeconds(), outcomes, clean)));
        } else {
            outcomes.forEach(outcome -> spec.commandLine().getOut().println(text(outcome)));
        }
        return clean ? CommandLine.ExitCode.OK : FOUND;
    }

    private List<FuzzOutcome> fuzz() throws IOException {
        Progress progress = Progress.onStandardError();
        List<FuzzOutcome> outcomes = new ArrayList<>();
        for (FuzzTarget target : targets) {
            progress.say(target.label() + " for " + time.toSeconds() + " s");
            outcomes.add(FuzzRun.fuzz(target, time, seed));
        }
        return outcomes;
    }

    private FuzzOutcome repeat(String base64) throws IOException {
        if (targets.size() != 1) {
            throw new ParameterException(spec.commandLine(), "--input belongs to one target: name it");
        }
        return FuzzRun.repeat(targets.get(0), decoded(base64));
    }

    private byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--input is no Base64: " + e.getMessage(), e);
        }
    }

    private static String text(FuzzOutcome outcome) {
        String figures = String.format(
                Locale.ROOT, "%-8s %,12d inputs, %,6d edges", outcome.target(), outcome.inputs(), outcome.coverage());
        return outcome.finding().isEmpty()
                ? figures + ", nothing found"
                : figures + ", FOUND " + outcome.finding() + "; again: fuzz " + outcome.target() + " --input "
                        + outcome.input();
    }
}
