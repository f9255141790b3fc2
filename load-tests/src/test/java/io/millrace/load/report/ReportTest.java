// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.SAXException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Target REACHED = Target.atLeast("reached", 15, 15);
    private static final Target MISSED = Target.atLeast("missed", 14.99, 15);

    @Test
    void aValueThatIsExactlyTheTargetMeetsIt() {
        assertThat(REACHED.met()).isTrue();
        assertThat(MISSED.met()).isFalse();
    }

    @Test
    void whatWasNotMeasuredIsNotMet() {
        assertThat(Target.atLeast("unknown", Double.NaN, 1).met()).isFalse();
    }

    @Test
    void whereLessIsBetterTheTargetIsTheMost() {
        assertThat(Target.atMost("reached", 2, 2).met()).isTrue();
        assertThat(Target.atMost("missed", 2.01, 2).met()).isFalse();
        assertThat(Target.atMost("unknown", Double.NaN, 1).met()).isFalse();
    }

    @Test
    void oneMissedTargetIsEnoughForTheWholeRun() {
        assertThat(report(REACHED).allMet()).isTrue();
        assertThat(report(REACHED, MISSED).allMet()).isFalse();
    }

    @Test
    void theObjectHasTargetsWithNameValueTargetAndMet() {
        JsonNode json = JsonMapper.shared().readTree(report(REACHED, MISSED).toJson());

        assertThat(json.at("/targets/0").propertyNames())
                .containsExactlyInAnyOrder("name", "value", "bound", "target", "met");
        assertThat(json.at("/targets/0/met").booleanValue()).isTrue();
        assertThat(json.at("/targets/1/name").stringValue()).isEqualTo("missed");
        assertThat(json.at("/targets/1/met").booleanValue()).isFalse();
        assertThat(json.at("/environment/cpus").intValue()).isPositive();
    }

    @Test
    void figuresAreRoundedToFourDigitsAndWhatIsNoNumberIsNull() {
        Report report = report(new Outcome(
                "some-work", List.of(), Map.of("rate", 1_234_567.8, "none", Double.NaN), List.of(), List.of()));

        JsonNode raw = JsonMapper.shared().readTree(report.toJson()).at("/raw/some_work");

        assertThat(raw.get("rate").doubleValue()).isEqualTo(1_235_000);
        assertThat(raw.get("none").isNull()).isTrue();
    }

    @Test
    void whatReadersFoundWrongIsInTheObject() {
        Report report = report(new Outcome("work", List.of(), Map.of(), List.of(), List.of("two lost")));

        assertThat(JsonMapper.shared().readTree(report.toJson()).at("/flaws/0").stringValue())
                .isEqualTo("two lost");
        assertThat(Screen.of(report)).contains("WRONG: two lost");
        assertThat(ReportFiles.markdown(report)).contains("two lost").doesNotContain("once and in order");
    }

    @Test
    void theScreenSaysWhatWasMissed() {
        assertThat(Screen.of(report(REACHED, MISSED)).lines())
                .anyMatch(line -> line.matches(" +reached .*target >= +15\\.0 +met"))
                .anyMatch(line -> line.matches(" +missed .*MISSED"));
    }

    @Test
    void thePageHasARowForEachTargetAndItsPlotsAsFiles(@TempDir Path directory) throws IOException {
        Plot bars = new Plot.Bars("two-bars", "Two <bars>", "ms", List.of(new Plot.Bar("a", 1), new Plot.Bar("b", 4)));
        Plot curves = new Plot.Curves(
                "curves", "Curves", List.of("p50", "max"), "ms", List.of(new Plot.Curve("ours", List.of(0.5, 20.0))));

        ReportFiles.write(
                report(new Outcome("work", List.of(REACHED, MISSED), Map.of(), List.of(bars, curves), List.of())),
                directory);

        assertThat(directory.resolve("README.md"))
                .content()
                .contains(
                        "| work | `reached` | 15.0 | ≥ 15.0 | met |", "| **missed** |", "![Two <bars>](two-bars.svg)");
        assertThat(directory.resolve("report.json")).content().contains("\"missed\"");
        assertThat(rootOf(directory.resolve("two-bars.svg"))).isEqualTo("svg");
        assertThat(rootOf(directory.resolve("curves.svg"))).isEqualTo("svg");
        assertThat(directory.resolve("two-bars.svg")).content().contains("width='400.0'", "width='100.0'");
    }

    private static String rootOf(Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement()
                    .getTagName();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " is no XML", e);
        }
    }

    private static Report report(Target... targets) {
        return report(new Outcome("work", List.of(targets), Map.of(), List.of(), List.of()));
    }

    private static Report report(Outcome outcome) {
        return new Report(Environment.here(List.of("-XX:+UseSomeGC")), Depth.FULL, 1, List.of(outcome));
    }
}
