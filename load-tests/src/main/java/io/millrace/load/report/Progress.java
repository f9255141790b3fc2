// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

/** Tells a person what a long run is doing. */
public interface Progress {
    /** One line. */
    void say(String line);

    /** A line at a time on standard error, so that standard output is the report alone. */
    static Progress onStandardError() {
        return System.err::println;
    }
}
