// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.broker.frame.Lease;
import io.millrace.broker.frame.Slice;
import java.util.Arrays;

/** Collects the runs of a slice: events that touch become one. */
final class Runs {
    private static final int FEW = 16;

    private int[] bounds = new int[FEW];
    private int size;
    private int lengthBytes;
    private int events;

    /** One event more, behind all others. */
    void add(int start, int end) {
        if (size > 0 && bounds[size - 1] == start) {
            bounds[size - 1] = end;
        } else {
            if (size == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * size);
            }
            bounds[size++] = start;
            bounds[size++] = end;
        }
        lengthBytes += end - start;
        events++;
    }

    int lengthBytes() {
        return lengthBytes;
    }

    int events() {
        return events;
    }

    Slice slice(byte[] bytes, int passed, long lastOffset) {
        return new Slice(
                bytes,
                bounds[0],
                lengthBytes,
                events,
                passed,
                lastOffset,
                size <= 2 ? null : Arrays.copyOf(bounds, size),
                false,
                Lease.UNLIMITED);
    }
}
