// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import org.jspecify.annotations.Nullable;

/**
 * What a reader takes of the events that it passes.
 *
 * @param test takes the events that pass it; {@code null} for no test
 * @param newestOnly takes of each key only the newest event of those looked at together, and all without a key
 */
public record Selection(@Nullable EventTest test, boolean newestOnly) {
    /** Every event. */
    public static final Selection ALL = new Selection(null, false);

    /** The newest event of each key. */
    public static final Selection NEWEST = new Selection(null, true);

    /** The events that pass a test. */
    public static Selection of(EventTest test) {
        return new Selection(test, false);
    }

    /** True when nothing is left out. */
    public boolean takesAll() {
        return test == null && !newestOnly;
    }

    /** True when what is left out is left out whenever it is looked at, so it may be passed before it is asked for. */
    public boolean passesFreely() {
        return test != null && !newestOnly;
    }

    /** True when an event passes the test, if there is one. */
    public boolean takes(byte[] bytes, int start, int end) {
        return test == null || test.test(bytes, start, end);
    }
}
