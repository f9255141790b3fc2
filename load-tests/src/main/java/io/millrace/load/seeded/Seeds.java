// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.seeded;

import java.util.SplittableRandom;

/** A source of random numbers for each index of a seed. */
public final class Seeds {
    private Seeds() {}

    /**
     * The same for the same two numbers. The index is spread by another factor than the one that the generator itself steps
     * by; with that, neighbours would share all but one of their numbers.
     */
    public static SplittableRandom random(long seed, long index) {
        long spread = (index + 1) * 0xC2B2AE3D27D4EB4FL;
        return new SplittableRandom(seed ^ spread ^ (spread >>> 29));
    }
}
