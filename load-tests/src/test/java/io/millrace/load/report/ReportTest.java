// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Target REACHED = new Target("reached", 15, 15);
    private static final Target MISSED = new Target("missed", 14.99, 15);

    @Test
    void aValueThatIsExactlyTheTargetMeetsIt() {
        assertThat(REACHED.met()).isTrue();
        assertThat(MISSED.met()).isFalse();
    }

    @Test
    void whatWasNotMeasuredIsNotMet() {
        assertThat(new Target("unknown", Double.NaN, 1).met()).isFalse();
    }

    @Test
    void oneMissedTargetIsEnoughForTheWholeRun() {
        assertThat(report(REACHED).allMet()).isTrue();
        assertThat(report(REACHED, MISSED).allMet()).isFalse();
    }

    @Test
    void theObjectHasTargetsWithNameValueTargetAndMet() {
        JsonNode json = JsonMapper.shared().readTree(report(REACHED, MISSED).toJson());

        assertThat(json.at("/targets/0").propertyNames()).containsExactlyInAnyOrder("name", "value", "target", "met");
        assertThat(json.at("/targets/0/met").booleanValue()).isTrue();
        assertThat(json.at("/targets/1/name").stringValue()).isEqualTo("missed");
        assertThat(json.at("/targets/1/met").booleanValue()).isFalse();
        assertThat(json.at("/environment/cpus").intValue()).isPositive();
    }

    @Test
    void figuresAreRoundedToFourDigitsAndWhatIsNoNumberIsNull() {
        Report report = new Report(
                Environment.here(List.of()), Map.of(), List.of(), Map.of("rate", 1_234_567.8, "none", Double.NaN));

        JsonNode raw = JsonMapper.shared().readTree(report.toJson()).get("raw");

        assertThat(raw.get("rate").doubleValue()).isEqualTo(1_235_000);
        assertThat(raw.get("none").isNull()).isTrue();
    }

    private static Report report(Target... targets) {
        return new Report(Environment.here(List.of()), Map.of(), List.of(targets), Map.of());
    }
}
