// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.load.check.Verdict;
import io.millrace.load.report.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FaultReportTest {
    private static final FaultRecord RESET =
            new FaultRecord(FaultKind.LINK_RESET, "broker-0", 2_500, 1_000, 2, 300L, 400L);
    private static final FaultRecord NEVER =
            new FaultRecord(FaultKind.KAFKA_KILL, "kafka", 1_900, 5_000, 9_000, 700L, null);

    @Test
    void aCleanRunIsOneObjectWithEveryFigure() {
        JsonNode json = JsonMapper.shared()
                .readTree(report(outcome(7, 0, 0, List.of(RESET))).toJson());

        assertThat(json.get("seed").asLong()).isEqualTo(7);
        assertThat(json.get("faults").asInt()).isEqualTo(1);
        assertThat(json.get("acked").asLong()).isEqualTo(1_000);
        assertThat(json.get("least_unacknowledged").asLong()).isEqualTo(2_500);
        for (String figure : List.of(
                "lost", "duplicated", "reordered", "unexplained_gaps", "phantom", "corrupt", "stalled", "failures")) {
            assertThat(json.get(figure).asLong(-1)).as(figure).isZero();
        }
        assertThat(json.get("skipped")).isEmpty();
        assertThat(json.get("handovers").asInt()).isEqualTo(5);
        assertThat(json.get("resumes").asInt()).isEqualTo(6);
        assertThat(json.get("injected").get(0).get("kind").asString()).isEqualTo("link-reset");
        assertThat(json.get("injected").get(0).get("ack_millis").asLong()).isEqualTo(300);
        assertThat(json.has("seeds")).isFalse();
    }

    @Test
    void severalSeedsAddUp() {
        FaultReport report = report(outcome(7, 1, 0, List.of(RESET)), outcome(8, 2, 0, List.of(RESET, RESET)));
        JsonNode json = JsonMapper.shared().readTree(report.toJson());

        assertThat(json.get("lost").asLong()).isEqualTo(3);
        assertThat(json.get("faults").asInt()).isEqualTo(3);
        assertThat(json.get("seeds")).hasSize(2);
        assertThat(json.get("violations").get(0).asString()).startsWith("seed 7: ");
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void whatDoesNotGoOnIsAViolation() {
        assertThat(report(outcome(7, 0, 1, List.of(NEVER))).isClean()).isFalse();
        assertThat(NEVER.stalled()).isTrue();
        assertThat(RESET.stalled()).isFalse();
    }

    @Test
    void aPersonReadsTheSameInWords(@TempDir Path directory) throws IOException {
        FaultReport report = report(outcome(7, 1, 0, List.of(RESET, NEVER)));
        report.write(directory.resolve("new"));

        assertThat(report.toText())
                .contains(
                        "seed 7: 2 faults with 1,900 or more events on their way",
                        "lost 1",
                        "WRONG: seed 7: an example");
        assertThat(Files.readString(directory.resolve("new/README.md")))
                .contains(
                        "| 7 | 2 | 1,000 | 1 |",
                        "| link-reset | 1 | 2,500 / 2,500 | 300 / 300 | 400 / 400 |",
                        "| kafka-kill | 1 |")
                .contains("- seed 7: an example");
        assertThat(Files.readString(directory.resolve("new/report.json"))).startsWith("{\"seed\":7,");
    }

    static FaultReport report(FaultOutcome... outcomes) {
        return new FaultReport(Environment.here(List.of()), List.of(outcomes));
    }

    static FaultOutcome outcome(long seed, long lost, long stalled, List<FaultRecord> injected) {
        List<String> examples = lost == 0 ? List.of() : List.of("an example");
        Verdict verdict = new Verdict(1_000, 1_001, 3_000, 0, 0, 1, lost, 0, 0, 0, 0, 0, examples);
        return new FaultOutcome(seed, false, injected, verdict, 4, 5, 6, 2, stalled, 0, List.of(), 90.04);
    }
}
