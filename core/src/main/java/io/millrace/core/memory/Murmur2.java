// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

/** The hash by which Kafka's clients choose the partition of a key: MurmurHash2, 32 bits, with Kafka's seed. */
final class Murmur2 {
    private static final int SEED = 0x9747b28c;
    private static final int MULTIPLIER = 0x5bd1e995;
    private static final int ROTATION = 24;

    private Murmur2() {}

    /** The partition of a key among {@code count}. */
    static int partition(byte[] key, int count) {
        return (hash(key) & Integer.MAX_VALUE) % count;
    }

    static int hash(byte[] bytes) {
        int hash = SEED ^ bytes.length;
        int whole = bytes.length & ~3;
        for (int i = 0; i < whole; i += 4) {
            hash = hash * MULTIPLIER ^ scrambled(littleEndian(bytes, i, 4));
        }
        if (whole < bytes.length) {
            hash = (hash ^ littleEndian(bytes, whole, bytes.length - whole)) * MULTIPLIER;
        }
        return finished(hash);
    }

    private static int littleEndian(byte[] bytes, int from, int count) {
        int word = 0;
        for (int i = 0; i < count; i++) {
            word |= (bytes[from + i] & 0xff) << (8 * i);
        }
        return word;
    }

    private static int scrambled(int word) {
        int product = word * MULTIPLIER;
        return (product ^ product >>> ROTATION) * MULTIPLIER;
    }

    private static int finished(int hash) {
        int mixed = (hash ^ hash >>> 13) * MULTIPLIER;
        return mixed ^ mixed >>> 15;
    }
}
