// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.check.Verdict;
import io.millrace.load.faults.Failures;
import java.util.Map;

/** What the checker has found, as figures and violations. */
final class Verdicts {
    private Verdicts() {}

    /** Both. */
    static void add(Verdict verdict, Map<String, Object> figures, Failures violations) {
        addFigures(verdict, figures);
        for (long i = 0; i < verdict.violations(); i++) {
            violations.add(i < verdict.examples().size() ? verdict.examples().get((int) i) : "more of the checker's");
        }
    }

    /** The figures alone. */
    static void addFigures(Verdict verdict, Map<String, Object> figures) {
        figures.put("acked", verdict.acked());
        figures.put("stored", verdict.stored());
        figures.put("read", verdict.read());
        figures.put("unknown", verdict.unknown());
        figures.put("lost", verdict.lost());
        figures.put("duplicated", verdict.duplicated());
        figures.put("reordered", verdict.reordered());
        figures.put("unexplained_gaps", verdict.unexplainedGaps());
        figures.put("phantom", verdict.phantom());
        figures.put("repeated_without_identity", verdict.repeatedWithoutIdentity());
    }
}
