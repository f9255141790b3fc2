// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.load.badinput.BadInputReport;
import io.millrace.load.check.Verdict;
import io.millrace.load.faults.FaultOutcome;
import io.millrace.load.faults.FaultReport;
import io.millrace.load.faults.RollingOutcome;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FullReportTest {
    private static final Environment HERE = Environment.here(List.of());
    private static final ScenarioOutcome SKIPPED = ScenarioOutcome.skipped("no libfaketime");

    @Test
    void everythingIsThereAndNothingIsWrong(@TempDir Path directory) throws IOException {
        FullReport report = report(0, 0, SKIPPED);
        report.write(directory);

        assertThat(report.isClean()).isTrue();
        JsonNode json = JsonMapper.shared().readTree(report.toJson());
        assertThat(json.get("clean").asBoolean()).isTrue();
        assertThat(json.get("parts")).hasSize(3 + Scenarios.names().size());
        assertThat(json.get("parts").get(0).get("report").get("acked").asLong()).isEqualTo(1_000);
        assertThat(Files.readString(directory.resolve("README.md")))
                .contains("[cursors](cursors/README.md) | 10,000 times | skipped: no libfaketime |")
                .contains("| [rolling](rolling/README.md) | both brokers restarted 30 times | nothing is wrong |");
    }

    @Test
    void whatIsWrongAnywhereMakesAllOfItWrong() {
        assertThat(report(1, 0, SKIPPED).isClean()).isFalse();
        assertThat(report(0, 1, SKIPPED).isClean()).isFalse();

        FullReport failed = new FullReport(HERE, List.of(FullPart.failed("storm", new IOException("no place"))));
        assertThat(failed.isClean()).isFalse();
        assertThat(failed.toText()).contains("storm has failed itself: java.io.IOException: no place");
    }

    private static FullReport report(long lost, double undocumented, ScenarioOutcome outcome) {
        Verdict verdict = new Verdict(1_000, 1_000, 3_000, 0, 0, 0, lost, 0, 0, 0, 0, 0, List.of());
        FaultReport faults = new FaultReport(
                HERE, List.of(new FaultOutcome(7, true, List.of(), verdict, 4, 5, 6, 2, 0, 0, List.of(), 90)));
        RollingOutcome rolling =
                new RollingOutcome(7, 30, List.of(500L), Verdict.nothing(), 0, List.of(), 9, 0, 20, 600);
        BadInputReport badInput = new BadInputReport(
                7,
                10,
                0,
                1,
                Map.of(),
                Map.of(),
                (long) undocumented,
                List.of(),
                0,
                List.of(),
                1,
                1,
                1,
                0,
                0,
                List.of(),
                1,
                List.of(),
                List.of(Target.atMost("undocumented", undocumented, 0)));
        List<FullPart> parts = new ArrayList<>();
        parts.add(FullPart.of(faults));
        Scenarios.all().stream()
                .map(scenario ->
                        new ScenarioReport(HERE, scenario, ScenarioSettings.of(7, scenario.fullCount()), outcome, 1))
                .map(FullPart::of)
                .forEach(parts::add);
        parts.add(FullPart.of(rolling, HERE));
        parts.add(FullPart.of(badInput));
        return new FullReport(HERE, parts);
    }
}
