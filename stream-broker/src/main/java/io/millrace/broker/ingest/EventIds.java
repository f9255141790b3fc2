// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Ids for events that came without one: UUID version 7 (RFC 9562 §5.7), which sort by time. */
final class EventIds {
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final int RANDOM_A_MASK = 0x0FFF;
    private static final long RANDOM_B_MASK = 0x3FFF_FFFF_FFFF_FFFFL;

    private EventIds() {}

    static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = System.currentTimeMillis() << 16 | VERSION_7 | (random.nextInt() & RANDOM_A_MASK);
        long low = VARIANT | (random.nextLong() & RANDOM_B_MASK);
        return new UUID(high, low).toString();
    }
}
