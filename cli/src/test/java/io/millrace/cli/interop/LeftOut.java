// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import org.junit.jupiter.api.Assumptions;

/** Says on standard output which foreign program took part and which did not. */
final class LeftOut {
    private LeftOut() {}

    /** Leaves the tests of a class out where their program is not installed, and says so. */
    static void unless(boolean installed, String program, String howToInstall) {
        if (!installed) {
            String sentence = "interop: LEFT OUT " + program + ": not installed (" + howToInstall + ")";
            System.out.println(sentence);
            Assumptions.abort(sentence);
        }
    }

    /** The last line of a class. */
    static void ran(String program, int tests) {
        if (tests > 0) {
            System.out.println("interop: " + program + ": " + tests + " tests ran");
        }
    }
}
