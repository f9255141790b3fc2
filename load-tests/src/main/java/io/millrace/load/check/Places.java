// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

/** A partition and an offset in one number, never negative. */
final class Places {
    private static final int OFFSET_BITS = 48;

    private Places() {}

    static long of(int partition, long offset) {
        if (partition < 0 || partition >>> 15 != 0 || offset < 0 || offset >>> OFFSET_BITS != 0) {
            throw new IllegalArgumentException("no offset " + offset + " of partition " + partition);
        }
        return (long) partition << OFFSET_BITS | offset;
    }

    static int partition(long place) {
        return (int) (place >>> OFFSET_BITS);
    }

    static long offset(long place) {
        return place & (1L << OFFSET_BITS) - 1;
    }

    /** For a person. */
    static String describe(long place) {
        return partition(place) + "@" + offset(place);
    }
}
