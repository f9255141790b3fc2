// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.load.report.Environment;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScenarioReportTest {
    private static final ScenarioOutcome CLEAN = outcome(5, 0, List.of());

    @Test
    void jsonHasWhatWasCountedAimedAtAndSkipped() {
        JsonNode json = JsonMapper.shared()
                .readTree(report(outcome(5, 1, List.of("something"))).toJson());

        assertThat(json.get("scenario").asString()).isEqualTo("cursors");
        assertThat(json.get("seed").asLong()).isEqualTo(7);
        assertThat(json.get("count").asInt()).isEqualTo(5);
        assertThat(json.get("resumes").asInt()).isEqualTo(5);
        assertThat(json.get("violations").asInt()).isEqualTo(1);
        assertThat(json.get("skipped").get(0).asString()).isEqualTo("not here");
        JsonNode target = json.get("targets").get(0);
        assertThat(target.get("name").asString()).isEqualTo("exact");
        assertThat(target.get("value").asInt()).isEqualTo(5);
        assertThat(target.get("target").asInt()).isEqualTo(5);
        assertThat(target.get("met").asBoolean()).isTrue();
    }

    @Test
    void aBrokenPromiseAndAMissedTargetAreBothNotClean() {
        assertThat(CLEAN.isClean()).isTrue();
        assertThat(outcome(4, 0, List.of()).isClean()).isFalse();
        assertThat(outcome(5, 1, List.of("something")).isClean()).isFalse();
    }

    @Test
    void aPersonReadsTheSameInWords(@TempDir Path directory) throws IOException {
        ScenarioReport report = report(outcome(4, 1, List.of("something")));
        report.write(directory.resolve("new"));

        assertThat(report.toText())
                .contains("cursors, seed 7, 5 times", "exact: 4, to be at least 5: MISSED")
                .contains("SKIPPED: not here", "WRONG: something");
        assertThat(Files.readString(directory.resolve("new/README.md"))).contains("| `resumes` | 4 |");
        assertThat(Files.readString(directory.resolve("new/report.json"))).startsWith("{\"scenario\":\"cursors\",");
    }

    private static ScenarioReport report(ScenarioOutcome outcome) {
        return new ScenarioReport(
                Environment.here(List.of()), new CursorsScenario(), ScenarioSettings.of(7, 5), outcome, 1.04);
    }

    private static ScenarioOutcome outcome(int exact, long violations, List<String> examples) {
        return new ScenarioOutcome(
                Map.of("resumes", exact),
                List.of(Target.atLeast("exact", exact, 5)),
                violations,
                examples,
                List.of("not here"));
    }
}
