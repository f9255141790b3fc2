// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import java.nio.charset.StandardCharsets;

/**
 * A text to look for in others, in time linear in the other's length. Immutable.
 *
 * <p>Source: Knuth, Morris, Pratt, "Fast pattern matching in strings", SIAM J. Comput. 6 (1977). A naive search would let
 * one long attribute of repeated characters cost millions of comparisons.
 */
final class Needle {
    private final byte[] text;
    /** For each length matched, how much is still matched when the next byte is another. */
    private final int[] fallback;

    Needle(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        this.fallback = new int[this.text.length + 1];
        int matched = 0;
        for (int i = 1; i < this.text.length; i++) {
            matched = next(matched, this.text[i]);
            fallback[i + 1] = matched;
        }
    }

    boolean isIn(byte[] bytes, int start, int end) {
        int matched = 0;
        for (int i = start; i < end && matched < text.length; i++) {
            matched = next(matched, bytes[i]);
        }
        return matched == text.length;
    }

    private int next(int before, byte value) {
        int matched = before;
        while (matched > 0 && text[matched] != value) {
            matched = fallback[matched];
        }
        return text[matched] == value ? matched + 1 : 0;
    }
}
