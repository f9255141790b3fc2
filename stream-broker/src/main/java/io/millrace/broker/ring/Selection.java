// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import org.jspecify.annotations.Nullable;

/**
 * What a reader takes of the events that it passes.
 *
 * @param test takes the events that pass it; {@code null} for no test
 */
public record Selection(@Nullable EventTest test) {
    /** Every event. */
    public static final Selection ALL = new Selection(null);

    /** The events that pass a test. */
    public static Selection of(EventTest test) {
        return new Selection(test);
    }

    /** True when nothing is left out. */
    public boolean takesAll() {
        return test == null;
    }

    boolean takes(byte[] bytes, int start, int end) {
        return test == null || test.test(bytes, start, end);
    }
}
