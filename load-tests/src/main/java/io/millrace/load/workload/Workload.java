// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.load.report.Outcome;
import java.io.IOException;

/** One thing that is measured, by itself or in a run of several. */
public interface Workload {
    /** What it is called on the command line. */
    String name();

    /** What it measures, in one line. */
    String about();

    /** True when a quick run of everything includes it; the others take too long for that. */
    boolean isQuick();

    /** Measures. Blocks for as long as it takes. */
    Outcome run(Bench bench) throws IOException;
}
