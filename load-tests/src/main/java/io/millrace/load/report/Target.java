// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A figure that is to be reached.
 *
 * @param name what is measured
 * @param value what was measured
 * @param bound which side of the target is good
 * @param target what it is held against
 */
public record Target(String name, double value, Bound bound, double target) {
    /** Which side of a target is good; the target itself is. */
    public enum Bound {
        /** More is better. */
        @JsonProperty("at_least")
        AT_LEAST,
        /** Less is better. */
        @JsonProperty("at_most")
        AT_MOST
    }

    /** More is better. */
    public static Target atLeast(String name, double value, double target) {
        return new Target(name, value, Bound.AT_LEAST, target);
    }

    /** Less is better. */
    public static Target atMost(String name, double value, double target) {
        return new Target(name, value, Bound.AT_MOST, target);
    }

    /** True when it was reached; a value that is no number never is. */
    @JsonProperty
    public boolean met() {
        return bound == Bound.AT_LEAST ? value >= target : value <= target;
    }
}
