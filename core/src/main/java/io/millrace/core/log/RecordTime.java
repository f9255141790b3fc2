// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import java.time.Instant;

/** Times of records: whole milliseconds since 1970, which is what a log keeps. */
public final class RecordTime {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private RecordTime() {}

    /** The first record time that is not before {@code time}; never negative, for no record is older than 1970. */
    public static long notBefore(Instant time) {
        if (time.isBefore(Instant.EPOCH)) {
            return 0;
        }
        if (!time.isBefore(Instant.ofEpochMilli(Long.MAX_VALUE))) {
            return Long.MAX_VALUE;
        }
        return time.toEpochMilli() + (time.getNano() % NANOS_PER_MILLI == 0 ? 0 : 1);
    }
}
