// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

/**
 * The pace of a replay.
 *
 * @param factor how many times faster than it happened; infinite for {@code max}
 */
public record Speed(double factor) {
    /** As fast as it can be read. */
    public static final Speed MAX = new Speed(Double.POSITIVE_INFINITY);

    /** Checks that time moves forward. */
    public Speed {
        if (!(factor > 0)) {
            throw new IllegalArgumentException("a speed is more than 0");
        }
    }

    /** {@code 1x}, {@code 10x}, {@code 0.5x} or {@code max}. Throws IllegalArgumentException. */
    public static Speed parse(String text) {
        if (text.equals("max")) {
            return MAX;
        }
        if (!text.matches("\\d{1,9}(\\.\\d{1,6})?x")) {
            throw new IllegalArgumentException("'" + text + "' is no speed; write 1x, 10x, 0.5x or max");
        }
        return new Speed(Double.parseDouble(text.substring(0, text.length() - 1)));
    }

    /** True when nothing waits. */
    public boolean isMax() {
        return Double.isInfinite(factor);
    }
}
