// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A figure that is to be reached.
 *
 * @param name what is measured
 * @param value what was measured; larger is better
 * @param target what it has to be at least
 */
public record Target(String name, double value, double target) {
    /** True when it was reached; a value that is no number never is. */
    @JsonProperty
    public boolean met() {
        return value >= target;
    }
}
