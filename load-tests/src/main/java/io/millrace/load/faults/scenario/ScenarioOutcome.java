// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.faults.Failures;
import io.millrace.load.report.Target;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a scenario has shown.
 *
 * @param figures what was counted and measured, by names as JSON has them, in order
 * @param targets what was aimed at
 * @param violations how often a promise was broken
 * @param examples the first of those, in words
 * @param skipped what could not be put to the test here, and why
 */
public record ScenarioOutcome(
        Map<String, Object> figures,
        List<Target> targets,
        long violations,
        List<String> examples,
        List<String> skipped) {
    /** Copies the collections. */
    public ScenarioOutcome {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        targets = List.copyOf(targets);
        examples = List.copyOf(examples);
        skipped = List.copyOf(skipped);
    }

    /** Of what was put to the test. */
    static ScenarioOutcome of(Map<String, Object> figures, List<Target> targets, Failures violations) {
        return new ScenarioOutcome(figures, targets, violations.count(), violations.all(), List.of());
    }

    /** Of a scenario that cannot be run here. */
    static ScenarioOutcome skipped(String why) {
        return new ScenarioOutcome(Map.of(), List.of(), 0, List.of(), List.of(why));
    }

    /** No promise was broken, and every target was met. */
    public boolean isClean() {
        return violations == 0 && targets.stream().allMatch(Target::met);
    }
}
