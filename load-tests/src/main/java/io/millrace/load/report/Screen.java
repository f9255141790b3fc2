// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.util.Locale;
import java.util.StringJoiner;

/** A run as a person reads it on a terminal. */
public final class Screen {
    private Screen() {}

    /** Where, then a line for each target. */
    public static String of(Report report) {
        StringJoiner lines = new StringJoiner(System.lineSeparator());
        lines.add(report.environment().line());
        lines.add("");
        for (Outcome outcome : report.outcomes()) {
            lines.add(outcome.workload());
            outcome.targets().forEach(target -> lines.add(line(target, report.depth())));
        }
        report.flaws().forEach(flaw -> lines.add("WRONG: " + flaw));
        return lines.toString();
    }

    private static String line(Target target, Depth depth) {
        return String.format(
                Locale.ROOT,
                "  %-34s %12s   %s %s %10s   %s",
                target.name(),
                Svg.number(target.value()),
                depth.choose("floor ", "target"),
                target.bound() == Target.Bound.AT_LEAST ? ">=" : "<=",
                Svg.number(target.target()),
                target.met() ? "met" : "MISSED");
    }
}
