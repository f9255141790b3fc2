// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

/**
 * What came of fuzzing one target.
 *
 * @param target its name
 * @param inputs how many were tried
 * @param coverage edges of our code that they have reached
 * @param finding what went wrong, in one line; empty when nothing did, and the target's fuzzing ends with it
 * @param input that makes it go wrong again, in Base64; empty when there is none
 */
public record FuzzOutcome(String target, long inputs, long coverage, String finding, String input) {
    /** Nothing went wrong, and something was tried. */
    public boolean isClean() {
        return finding.isEmpty() && inputs > 0;
    }
}
