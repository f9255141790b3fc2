// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.badinput.BadInputReport;
import io.millrace.load.faults.FaultReport;
import io.millrace.load.faults.RollingOutcome;
import io.millrace.load.report.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a full run has shown.
 *
 * @param environment where
 * @param faults the seeds of faults
 * @param scenarios each that there is
 * @param rolling restarts in turn
 * @param badInput what no client should send
 */
public record FullReport(
        Environment environment,
        FaultReport faults,
        List<ScenarioReport> scenarios,
        RollingOutcome rolling,
        BadInputReport badInput) {
    static final String SEEDS = "seeds";

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Copies the list. */
    public FullReport {
        scenarios = List.copyOf(scenarios);
    }

    /** Nothing was wrong anywhere. */
    public boolean isClean() {
        return faults.isClean()
                && scenarios.stream().allMatch(scenario -> scenario.outcome().isClean())
                && rolling.isClean()
                && badInput.allMet();
    }

    /** One object on one line. */
    public String toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.put("clean", isClean());
        json.set("faults", JSON.readTree(faults.toJson()));
        ArrayNode all = json.putArray("scenarios");
        scenarios.forEach(scenario -> all.add(JSON.readTree(scenario.toJson())));
        json.set("rolling", JSON.readTree(rolling.toJson(environment)));
        json.set("bad_input", JSON.readTree(badInput.toJson()));
        return JSON.writeValueAsString(json);
    }

    /** As a person reads it on a terminal. */
    public String toText() {
        StringJoiner parts = new StringJoiner(System.lineSeparator() + System.lineSeparator());
        parts.add(faults.toText());
        scenarios.forEach(scenario -> parts.add(scenario.toText()));
        parts.add(rolling.toText(environment));
        parts.add(badInput.toText());
        return parts.toString();
    }

    /** Writes {@code README.md} and {@code report.json} beside the directories of the parts. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.json"), toJson() + "\n");
        Files.writeString(directory.resolve("README.md"), toMarkdown());
    }

    private String toMarkdown() {
        StringJoiner page = new StringJoiner("\n", "", "\n");
        page.add("# Everything that can go wrong, put to the test");
        page.add("");
        page.add(environment.line() + ". All figures are in [report.json](report.json).");
        page.add("");
        page.add("| | put to the test | |");
        page.add("|---|---|---|");
        page.add(row(
                "[faults](" + SEEDS + "/README.md)", "connections and processes, by seed", result(faults.isClean())));
        for (ScenarioReport scenario : scenarios) {
            page.add(row(
                    "[%1$s](%1$s/README.md)".formatted(scenario.scenario().name()),
                    String.format(Locale.ROOT, "%,d times", scenario.settings().count()),
                    scenario.outcome().skipped().isEmpty()
                            ? result(scenario.outcome().isClean())
                            : "skipped: " + String.join("; ", scenario.outcome().skipped())));
        }
        page.add(row("rolling restarts", rolling.restarts() + " times both brokers", result(rolling.isClean())));
        page.add(row(
                "bad input",
                String.format(Locale.ROOT, "%,d calls, %,d scripts", badInput.inputs(), badInput.scripts()),
                result(badInput.allMet())));
        return page.toString();
    }

    private static String row(String what, String howOften, String result) {
        return "| " + what + " | " + howOften + " | " + result + " |";
    }

    private static String result(boolean clean) {
        return clean ? "nothing is wrong" : "**wrong**";
    }
}
