// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import java.time.Duration;

/**
 * How much bad input.
 *
 * @param inputs structured inputs
 * @param scripts raw scripts
 * @param seed of which they are made
 * @param rounds windows with bad input, each behind one without
 * @param quiet length of a window without bad input
 */
public record BadInputSettings(long inputs, long scripts, long seed, int rounds, Duration quiet) {
    private static final long INPUTS_PER_ROUND = 50_000;
    private static final int FEWEST_ROUNDS = 3;
    private static final int MOST_ROUNDS = 9;
    private static final Duration QUIET = Duration.ofSeconds(5);

    /** Checks the numbers. */
    public BadInputSettings {
        if (inputs < 0 || scripts < 0 || rounds < 1) {
            throw new IllegalArgumentException(
                    "inputs, scripts and rounds of " + inputs + ", " + scripts + " and " + rounds);
        }
    }

    /** In as many rounds as make windows of about half a minute. */
    public static BadInputSettings of(long inputs, long scripts, long seed) {
        long rounds = Math.max(FEWEST_ROUNDS, Math.min(MOST_ROUNDS, inputs / INPUTS_PER_ROUND));
        return new BadInputSettings(inputs, scripts, seed, (int) rounds, QUIET);
    }
}
