// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.millrace.load.report.Environment;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * What bad input has shown.
 *
 * @param seed of which it was made
 * @param inputs structured inputs that were sent
 * @param scripts raw scripts that were played
 * @param seconds how long it took, with what is measured beside
 * @param statuses how calls and scripts ended: by method or kind of script, and code
 * @param reasons how often each reason of the catalogue was given
 * @param undocumented answers that the catalogue does not know, calls without an answer, connections that were not closed
 * @param undocumentedExamples the first of them, each with what repeats it
 * @param uncaught exceptions that nobody caught in the server, and what it logged as an error
 * @param uncaughtExamples the first of them
 * @param heapMaxMib most heap that the server had in use
 * @param heapLeftMib heap in use at the end, without garbage
 * @param residentMaxMib most memory of the server's process
 * @param streamsLeft streams that the server still had when every client had gone
 * @param ledgerLeftBytes payload that the server still had on its account then
 * @param goodClientRates events a second of the well-behaved client, in pairs: without bad input, and with it
 * @param goodClientRatio median of the pairs' ratios
 * @param goodClientFlaws what the well-behaved client found wrong
 * @param targets what was aimed at
 */
public record BadInputReport(
        long seed,
        long inputs,
        long scripts,
        double seconds,
        Map<String, Map<String, Long>> statuses,
        Map<String, Long> reasons,
        long undocumented,
        List<String> undocumentedExamples,
        long uncaught,
        List<String> uncaughtExamples,
        double heapMaxMib,
        double heapLeftMib,
        double residentMaxMib,
        int streamsLeft,
        long ledgerLeftBytes,
        List<Pair> goodClientRates,
        double goodClientRatio,
        List<String> goodClientFlaws,
        List<Target> targets) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /**
     * Two windows, one after the other.
     *
     * @param quiet events a second without bad input
     * @param beside events a second beside bad input
     */
    public record Pair(double quiet, double beside) {
        double ratio() {
            return beside / quiet;
        }
    }

    /** Copies the lists. */
    public BadInputReport {
        undocumentedExamples = List.copyOf(undocumentedExamples);
        uncaughtExamples = List.copyOf(uncaughtExamples);
        goodClientRates = List.copyOf(goodClientRates);
        goodClientFlaws = List.copyOf(goodClientFlaws);
        targets = List.copyOf(targets);
    }

    /** True when every target was reached. */
    public boolean allMet() {
        return targets.stream().allMatch(Target::met);
    }

    /** One object on one line. */
    public String toJson() {
        return JSON.writeValueAsString(this);
    }

    /** Writes {@code README.md} and {@code report.json} into a directory, which is made. */
    public void write(Path directory, Environment environment) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.json"), toJson() + "\n");
        Files.writeString(directory.resolve("README.md"), toMarkdown(environment));
    }

    private String toMarkdown(Environment environment) {
        StringJoiner page = new StringJoiner("\n", "", "\n");
        page.add("# Bad input");
        page.add("");
        page.add(String.format(
                Locale.ROOT,
                "Seed %d: %,d structured inputs and %,d raw scripts while a client that behaves publishes and reads, %.0f s."
                        + " %s.",
                seed,
                inputs,
                scripts,
                seconds,
                environment.line()));
        page.add("");
        page.add("| | measured | to be | |");
        page.add("|---|---:|---:|---|");
        targets.forEach(target -> page.add(row(target)));
        page.add("");
        page.add("| method or kind of script | how it ended |");
        page.add("|---|---|");
        statuses.forEach((method, codes) -> page.add("| `" + method + "` | " + words(codes) + " |"));
        page.add("");
        page.add("Reasons: " + words(reasons) + ".");
        undocumentedExamples.forEach(example -> page.add("- undocumented: " + example));
        uncaughtExamples.forEach(example -> page.add("- uncaught: " + example));
        goodClientFlaws.forEach(flaw -> page.add("- wrong: " + flaw));
        return page.toString();
    }

    private static String row(Target target) {
        return String.format(
                Locale.ROOT,
                "| `%s` | %.2f | %s %.2f | %s |",
                target.name(),
                target.value(),
                sign(target),
                target.target(),
                target.met() ? "met" : "**missed**");
    }

    private static String sign(Target target) {
        return target.bound() == Target.Bound.AT_LEAST ? ">=" : "<=";
    }

    private static String words(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(count -> String.format(Locale.ROOT, "%s %,d", count.getKey(), count.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** For a person. */
    public String toText() {
        StringJoiner lines = new StringJoiner(System.lineSeparator());
        lines.add(
                String.format(Locale.ROOT, "seed %d: %,d inputs, %,d scripts, %.0f s", seed, inputs, scripts, seconds));
        statuses.forEach((method, codes) -> lines.add(String.format(Locale.ROOT, "  %-48s %s", method, codes)));
        undocumentedExamples.forEach(example -> lines.add("UNDOCUMENTED " + example));
        uncaughtExamples.forEach(example -> lines.add("UNCAUGHT " + example));
        goodClientFlaws.forEach(flaw -> lines.add("WRONG " + flaw));
        targets.forEach(target -> lines.add(String.format(
                Locale.ROOT,
                "  %-24s %10.2f   %s %8.2f   %s",
                target.name(),
                target.value(),
                sign(target),
                target.target(),
                target.met() ? "met" : "MISSED")));
        return lines.toString();
    }
}
