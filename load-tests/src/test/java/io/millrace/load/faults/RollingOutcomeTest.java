// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.load.check.Verdict;
import io.millrace.load.report.Environment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RollingOutcomeTest {
    private static final Environment HERE = Environment.here(List.of());

    @Test
    void aCleanRunIsOneObjectWithEveryFigure() {
        RollingOutcome outcome = outcome(0, 0, 0, List.of(300L, 100L, 200L));
        JsonNode json = JsonMapper.shared().readTree(outcome.toJson(HERE));
        assertThat(json.get("restarts").asInt()).isEqualTo(2);
        assertThat(json.get("broker_stops").asInt()).isEqualTo(3);
        assertThat(json.get("acked").asLong()).isEqualTo(1_000);
        for (String figure : List.of("lost", "duplicated", "reordered", "errors")) {
            assertThat(json.get(figure).asLong(-1)).as(figure).isZero();
        }
        assertThat(json.get("drain_p50_ms").asLong()).isEqualTo(200);
        assertThat(json.get("drain_max_ms").asLong()).isEqualTo(300);
        assertThat(json.get("violations")).isEmpty();
        assertThat(outcome.isClean()).isTrue();
        assertThat(outcome.toText(HERE))
                .contains("lost 0", "drain p50 200 ms, max 300 ms")
                .doesNotContain("WRONG");
    }

    @Test
    void whateverIsWrongIsAViolationAndSaidInWords() {
        assertViolates(outcome(1, 0, 0, List.of(1L)), "a loss");
        assertViolates(outcome(0, 2, 0, List.of(1L)), "2 events of publishers without a name");
        assertViolates(outcome(0, 0, 1, List.of(1L)), "a reader was ended");
        assertViolates(outcome(0, 0, 0, List.of(1L, 10_001L)), "took 10001 ms");
        assertThat(JsonMapper.shared()
                        .readTree(outcome(0, 2, 0, List.of(1L)).toJson(HERE))
                        .get("duplicated")
                        .asLong())
                .isEqualTo(2);
    }

    @Test
    void aRunHasRestartsAndFitsIntoTheJournals() {
        assertThatThrownBy(() -> RollingSettings.of(1, 0, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RollingSettings.of(1, 1_000, Duration.ofMinutes(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertViolates(RollingOutcome outcome, String what) {
        assertThat(outcome.isClean()).isFalse();
        assertThat(outcome.toText(HERE)).contains("WRONG: ", what);
    }

    private static RollingOutcome outcome(long lost, long repeated, long errors, List<Long> drains) {
        List<String> losses = lost == 0 ? List.of() : List.of("a loss");
        List<String> told = errors == 0 ? List.of() : List.of("a reader was ended");
        Verdict verdict = new Verdict(1_000, 1_000, 3_000, 0, 0, repeated, lost, 0, 0, 0, 0, 0, losses);
        return new RollingOutcome(7, 2, drains, verdict, errors, told, 4, 0, 50, 40.04);
    }
}
