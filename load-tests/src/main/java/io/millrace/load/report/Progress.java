// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

/** Tells a person what a long run is doing. */
public interface Progress {
    /** One line. */
    void say(String line);

    /**
     * A line at a time on standard error, so that standard output is the report alone; each begins with the seconds since
     * this was called.
     */
    static Progress onStandardError() {
        long startNanos = System.nanoTime();
        return line -> System.err.printf("%4d s  %s%n", (System.nanoTime() - startNanos) / 1_000_000_000, line);
    }
}
