// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes UUIDs of version 7 (RFC 9562): they sort by time.
 *
 * <p>The low bits begin at random and count up (the RFC's "monotonic random"), so ids of one maker never meet and
 * no entropy is drawn for each. Thread-safe.
 */
final class UuidV7 {
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long LOW_62_BITS = 0x3fff_ffff_ffff_ffffL;

    private final long randomA;
    private final AtomicLong randomB;

    UuidV7() {
        SecureRandom random = new SecureRandom();
        randomA = random.nextLong() & 0xfffL;
        randomB = new AtomicLong(random.nextLong());
    }

    String next() {
        long high = System.currentTimeMillis() << 16 | VERSION_7 | randomA;
        return new UUID(high, VARIANT | (randomB.getAndIncrement() & LOW_62_BITS)).toString();
    }
}
