// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How thoroughly is measured. */
public enum Depth {
    /** Short windows, judged by floors: a guard against what breaks the speed, on a machine that may be busy. */
    @JsonProperty("quick")
    QUICK,
    /** Long windows and more pairs, judged by the targets: figures to quote. */
    @JsonProperty("full")
    FULL;

    /** One or the other. */
    public <T> T choose(T quick, T full) {
        return this == QUICK ? quick : full;
    }
}
