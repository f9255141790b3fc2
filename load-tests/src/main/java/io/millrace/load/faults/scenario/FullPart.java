// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.badinput.BadInputReport;
import io.millrace.load.faults.FaultReport;
import io.millrace.load.faults.RollingOutcome;
import io.millrace.load.report.Environment;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One part of a full run.
 *
 * @param name what it is, which is where its page lies too
 * @param putToTheTest what, and how often, in words
 * @param clean nothing was wrong
 * @param remark what was skipped, or why it has no result; null where there is nothing to say
 * @param json its report; null when the part has failed itself
 * @param text its report as a person reads it
 */
public record FullPart(
        String name,
        String putToTheTest,
        boolean clean,
        @Nullable String remark,
        @Nullable String json,
        String text) {
    static final String FAULTS = "faults";
    static final String ROLLING = "rolling";
    static final String BAD_INPUT = "bad-input";

    static FullPart of(FaultReport report) {
        return new FullPart(
                FAULTS,
                words("%,d faults, %,d events acknowledged", report.faults(), report.acknowledged()),
                report.isClean(),
                null,
                report.toJson(),
                report.toText());
    }

    static FullPart of(ScenarioReport report) {
        ScenarioOutcome outcome = report.outcome();
        return new FullPart(
                report.scenario().name(),
                words("%,d times", report.settings().count()),
                outcome.isClean(),
                outcome.skipped().isEmpty() ? null : "skipped: " + String.join("; ", outcome.skipped()),
                report.toJson(),
                report.toText());
    }

    static FullPart of(RollingOutcome outcome, Environment environment) {
        return new FullPart(
                ROLLING,
                words("both brokers restarted %,d times", outcome.restarts()),
                outcome.isClean(),
                null,
                outcome.toJson(environment),
                outcome.toText(environment));
    }

    static FullPart of(BadInputReport report) {
        return new FullPart(
                BAD_INPUT,
                words("%,d calls, %,d raw scripts", report.inputs(), report.scripts()),
                report.allMet(),
                null,
                report.toJson(),
                report.toText());
    }

    /** A part that has failed itself: nothing is known, which counts as wrong. */
    static FullPart failed(String name, Exception failure) {
        String remark = "has failed itself: " + failure;
        return new FullPart(name, "–", false, remark, null, name + " " + remark);
    }

    /** What is said of it in a word or two. */
    String result() {
        if (remark != null) {
            return remark;
        }
        return clean ? "nothing is wrong" : "**wrong**";
    }

    /** As a value of JSON. */
    Map<String, Object> asJson() {
        return Map.of(
                "name",
                name,
                "clean",
                clean,
                "result",
                result(),
                "report",
                json == null ? Map.of() : JsonMapper.shared().readTree(json));
    }

    private static String words(String format, Object... figures) {
        return String.format(Locale.ROOT, format, figures);
    }
}
