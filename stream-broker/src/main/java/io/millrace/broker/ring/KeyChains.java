// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Finds the last event of a key in a ring and tells it its successor. Belongs to the ring's writer.
 */
final class KeyChains {
    /*
     * Maintainer's note. A hash table over the events of the ring themselves, as deflate keeps one over its window
     * (RFC 1951, section 4): a bucket names the newest event of its keys, and each event names the next older one. So
     * memory is fixed by the ring's, nothing is removed when a page is given up (a location on a page that is gone ends
     * its chain), and because an event leaves its chain when its successor comes, a chain holds each key once.
     * The seed keeps a publisher from choosing keys that fall into one bucket.
     */
    private static final long NOWHERE = -1;
    private static final int BYTES_PER_BUCKET = 256;
    private static final int MIN_BUCKETS = 64;

    private final Ring ring;
    private final long[] newest;
    private final int seed = new SplittableRandom(ThreadLocalRandom.current().nextLong()).nextInt() | 1;

    KeyChains(Ring ring, int ringBytes) {
        this.ring = ring;
        newest = new long[Integer.highestOneBit(Math.max(MIN_BUCKETS, ringBytes / BYTES_PER_BUCKET))];
        Arrays.fill(newest, NOWHERE);
    }

    int heldBytes() {
        return newest.length * Long.BYTES;
    }

    /** Takes note of the event that was appended last, and is not published yet. */
    void addLast(Page page) {
        PageKeys keys = page.keys();
        int index = page.written() - 1;
        ByteBuffer key = page.key(index);
        if (keys == null || key == null) {
            return;
        }
        int hash = hash(key);
        int bucket = hash & (newest.length - 1);
        takeOut(bucket, hash, key, page.offset(index));
        keys.chain(index, hash, newest[bucket]);
        newest[bucket] = page.number() * Page.MAX_EVENTS + index;
    }

    /** Tells the newest event of a key its successor, and takes it out of its chain. */
    private void takeOut(int bucket, int hash, ByteBuffer key, long successor) {
        @Nullable PageKeys before = null;
        int indexBefore = 0;
        long location = newest[bucket];
        while (location != NOWHERE) {
            Page page = ring.page(location / Page.MAX_EVENTS);
            PageKeys keys = page == null ? null : page.keys();
            if (page == null || keys == null) {
                return;
            }
            int index = (int) (location % Page.MAX_EVENTS);
            if (keys.hash(index) == hash && key.equals(page.key(index))) {
                keys.succeed(index, successor);
                if (before == null) {
                    newest[bucket] = keys.chained(index);
                } else {
                    before.rechain(indexBefore, keys.chained(index));
                }
                return;
            }
            before = keys;
            indexBefore = index;
            location = keys.chained(index);
        }
    }

    private int hash(ByteBuffer key) {
        int hash = seed;
        for (int i = key.position(); i < key.limit(); i++) {
            hash = (hash ^ key.get(i)) * 0x9E3779B1 + seed;
            hash ^= hash >>> 15;
        }
        return hash;
    }
}
