// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.report.Environment;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * One run of a scenario.
 *
 * @param environment where
 * @param scenario which
 * @param settings how
 * @param outcome what it has shown
 * @param seconds how long it took, starting and checking included
 */
public record ScenarioReport(
        Environment environment,
        Scenario scenario,
        ScenarioSettings settings,
        ScenarioOutcome outcome,
        double seconds) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** One object on one line. */
    public String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", scenario.name());
        json.put("seed", settings.seed());
        json.put("count", settings.count());
        json.putAll(outcome.figures());
        json.put("targets", outcome.targets());
        json.put("violations", outcome.violations());
        json.put("examples", outcome.examples());
        json.put("skipped", outcome.skipped());
        json.put("seconds", BigDecimal.valueOf(seconds).setScale(1, RoundingMode.HALF_UP));
        json.put("environment", environment);
        return JSON.writeValueAsString(json);
    }

    /** As a person reads it on a terminal. */
    public String toText() {
        StringJoiner lines = new StringJoiner(System.lineSeparator());
        lines.add(environment.line());
        lines.add(String.format(
                Locale.ROOT,
                "%s, seed %d, %,d times, %.1f s: %s",
                scenario.name(),
                settings.seed(),
                settings.count(),
                seconds,
                scenario.promise()));
        outcome.figures().forEach((name, value) -> lines.add(name + ": " + value));
        outcome.targets().forEach(target -> lines.add(words(target)));
        outcome.skipped().forEach(why -> lines.add("SKIPPED: " + why));
        outcome.examples().forEach(violation -> lines.add("WRONG: " + violation));
        return lines.toString();
    }

    /** Writes {@code README.md} and {@code report.json} into a directory, which is made. */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.json"), toJson() + "\n");
        Files.writeString(directory.resolve("README.md"), toMarkdown());
    }

    private String toMarkdown() {
        StringJoiner page = new StringJoiner("\n", "", "\n");
        page.add("# Scenario `" + scenario.name() + "`");
        page.add("");
        page.add(scenario.promise());
        page.add("");
        page.add(String.format(
                Locale.ROOT,
                "%s. Seed %d, %,d times, %.0f s.",
                environment.line(),
                settings.seed(),
                settings.count(),
                seconds));
        page.add("");
        page.add("| figure | value |");
        page.add("|---|---:|");
        outcome.figures().forEach((name, value) -> page.add("| `" + name + "` | " + value + " |"));
        page.add("");
        outcome.targets().forEach(target -> page.add("- " + words(target)));
        outcome.skipped().forEach(why -> page.add("- skipped: " + why));
        page.add(outcome.violations() == 0 ? "- nothing is wrong" : "- **wrong:** " + outcome.violations());
        outcome.examples().forEach(violation -> page.add("  - " + violation));
        return page.toString();
    }

    private static String words(Target target) {
        return "%s: %s, to be %s %s: %s"
                .formatted(
                        target.name(),
                        number(target.value()),
                        target.bound() == Target.Bound.AT_LEAST ? "at least" : "at most",
                        number(target.target()),
                        target.met() ? "met" : "MISSED");
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.2f", value);
    }
}
