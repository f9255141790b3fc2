// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Framed events inside a page of bytes that nobody writes to until the {@link Lease} on it ends: what many streams share.
 * They are one run of the page, or several where some events between were left out.
 *
 * @param bytes the page
 * @param start index of the first byte
 * @param lengthBytes number of bytes in all runs
 * @param events number of events; none where all that were passed were left out
 * @param passed number of events passed: these and the ones left out
 * @param lastOffset last offset passed
 * @param runs first and one-past-last index of each run, in order; {@code null} for one run that begins at {@code start}
 * @param withheld true when the events that were passed are to be told as missing
 * @param lease ends when the slice has been written; one that is never written keeps its page from being used again
 */
@SuppressWarnings("ArrayRecordComponent") // shared without a copy, and never compared
public record Slice(
        byte[] bytes,
        int start,
        int lengthBytes,
        int events,
        int passed,
        long lastOffset,
        int @Nullable [] runs,
        boolean withheld,
        Lease lease) {
    private static final byte[] NO_BYTES = {};

    /** One run: everything that was passed. */
    public Slice(byte[] bytes, int start, int lengthBytes, int events, long lastOffset) {
        this(bytes, start, lengthBytes, events, events, lastOffset, null, false, Lease.UNLIMITED);
    }

    /** No event, in the place of some that are withheld. */
    public static Slice withheld(int passed, long lastOffset) {
        return new Slice(NO_BYTES, 0, 0, 0, passed, lastOffset, null, true, Lease.UNLIMITED);
    }

    /** The same slice of bytes that are leased. */
    public Slice leased(Lease newLease) {
        return new Slice(bytes, start, lengthBytes, events, passed, lastOffset, runs, withheld, newLease);
    }

    /** Writes the runs: exactly {@link #lengthBytes} bytes. */
    public void writeTo(OutputStream out) throws IOException {
        if (runs == null) {
            out.write(bytes, start, lengthBytes);
            return;
        }
        for (int i = 0; i < runs.length; i += 2) {
            out.write(bytes, runs[i], runs[i + 1] - runs[i]);
        }
    }
}
