// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import java.time.Duration;

/**
 * How a scenario is run.
 *
 * @param seed what events and chances follow from
 * @param count how often the promise is put to the test; what is counted is the scenario's own
 * @param lasts how long something is away, in scenarios in which that is for the user to say
 * @param fast without what makes Kafka survive a power failure, in the scenario that knows of it
 */
public record ScenarioSettings(long seed, int count, Duration lasts, boolean fast) {
    /** How long something is away where nothing is said. */
    public static final Duration USUAL_LASTS = Duration.ofMinutes(10);

    /** Checks it. */
    public ScenarioSettings {
        if (count < 1 || lasts.isNegative() || lasts.isZero()) {
            throw new IllegalArgumentException(count + " times, " + lasts + " long, is no run");
        }
    }

    /** The usual one. */
    public static ScenarioSettings of(long seed, int count) {
        return new ScenarioSettings(seed, count, USUAL_LASTS, false);
    }
}
