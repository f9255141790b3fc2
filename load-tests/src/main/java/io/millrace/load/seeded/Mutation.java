// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.seeded;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages bytes. */
public final class Mutation {
    private static final int MOST_CHANGES = 4;
    private static final int MOST_BYTES = 32;
    private static final int MOST_REPEATS = 200;

    private Mutation() {}

    /** A copy with one change to four: flipped, cut off, put in, repeated, overwritten, taken out, or moved. */
    public static byte[] of(byte[] whole, SplittableRandom random) {
        byte[] damaged = whole;
        int changes = 1 + random.nextInt(MOST_CHANGES);
        for (int i = 0; i < changes; i++) {
            damaged = changed(damaged, random);
        }
        return damaged;
    }

    private static byte[] changed(byte[] bytes, SplittableRandom random) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(MOST_BYTES));
        byte[] part = Arrays.copyOfRange(bytes, from, to);
        return switch (random.nextInt(7)) {
            case 0 -> flipped(bytes, random);
            case 1 -> Arrays.copyOf(bytes, from);
            case 2 -> with(bytes, from, from, noise(random), 1);
            case 3 -> with(bytes, from, from, part, random.nextInt(8) == 0 ? random.nextInt(MOST_REPEATS) : 2);
            case 4 -> with(bytes, from, to, noise(random), 1);
            case 5 -> with(bytes, from, to, new byte[0], 0);
            default -> {
                byte[] without = with(bytes, from, to, new byte[0], 0);
                int at = random.nextInt(without.length + 1);
                yield with(without, at, at, part, 1);
            }
        };
    }

    private static byte[] flipped(byte[] bytes, SplittableRandom random) {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] noise(SplittableRandom random) {
        byte[] noise = new byte[1 + random.nextInt(MOST_BYTES)];
        random.nextBytes(noise);
        return noise;
    }

    /** With {@code [from, to)} replaced by a part, so often. */
    private static byte[] with(byte[] bytes, int from, int to, byte[] part, int times) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + part.length * times);
        for (int i = 0; i < times; i++) {
            System.arraycopy(part, 0, result, from + i * part.length, part.length);
        }
        System.arraycopy(bytes, to, result, from + part.length * times, bytes.length - to);
        return result;
    }
}
