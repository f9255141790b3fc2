// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

/** Has a fault that chance alone would hardly find. */
public final class TrapTarget {
    private static final String TRAP = "a trap";

    private TrapTarget() {}

    /** Throws for one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        for (int i = 0; i < TRAP.length(); i++) {
            if (input.length <= i || input[i] != TRAP.charAt(i)) {
                return;
            }
        }
        throw new IllegalStateException("trapped");
    }
}
