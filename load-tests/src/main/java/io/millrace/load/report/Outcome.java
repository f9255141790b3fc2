// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.util.List;

/**
 * What one workload has shown.
 *
 * @param workload its name
 * @param targets what was aimed at
 * @param raw what was measured; a record
 * @param plots what is worth looking at
 * @param flaws what readers found wrong, in words; none when everything that was read was complete and in order
 */
public record Outcome(String workload, List<Target> targets, Object raw, List<Plot> plots, List<String> flaws) {
    /** Copies the lists. */
    public Outcome {
        targets = List.copyOf(targets);
        plots = List.copyOf(plots);
        flaws = List.copyOf(flaws);
    }
}
