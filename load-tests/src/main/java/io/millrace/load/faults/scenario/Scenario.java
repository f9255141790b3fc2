// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.report.Progress;
import java.io.IOException;

/** One promise and what puts it to the test. Starts what it needs and leaves nothing behind. */
public interface Scenario {
    /** As it is asked for. */
    String name();

    /** What is promised, and what is counted, in a line. */
    String promise();

    /** How often it is put to the test where nothing is said. */
    int fullCount();

    /**
     * Puts it to the test. Blocks.
     *
     * @throws IOException when there is no place for files
     * @throws RuntimeException when the scenario itself fails; a violation is no failure
     */
    ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException;
}
