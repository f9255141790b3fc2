// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.core.flow.MemoryLedger;
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
     * nothing is removed when a page is given up (a location on a page that is gone ends its chain), and because an event
     * leaves its chain when its successor comes, a chain holds each key once. There are as many buckets as keys, about:
     * when more events are in chains than there are buckets, those on the pages are counted and chained anew.
     * The seed keeps a publisher from choosing keys that fall into one bucket.
     */
    private static final long NOWHERE = -1;
    private static final int BYTES_PER_BUCKET = 256;
    private static final int MIN_BUCKETS = 64;

    private final Ring ring;
    private final MemoryLedger.Account account;
    private final int mostBuckets;
    private long[] newest;

    /** Events in chains, with those whose pages are gone since the last count. */
    private int chained;

    private final int seed = new SplittableRandom(ThreadLocalRandom.current().nextLong()).nextInt() | 1;

    /**
     * Of a ring without keys yet.
     *
     * @param account of the ring, which the memory is taken from
     * @param ringBytes how large the ring can be
     */
    KeyChains(Ring ring, MemoryLedger.Account account, int ringBytes) {
        this.ring = ring;
        this.account = account;
        this.mostBuckets = Math.max(MIN_BUCKETS, Integer.highestOneBit(ringBytes / BYTES_PER_BUCKET));
        this.newest = empty(MIN_BUCKETS);
        account.take(bytes(MIN_BUCKETS));
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
        takeOut(hash & (newest.length - 1), hash, key, page.offset(index));
        chain(page, keys, index, hash);
        if (chained > newest.length && newest.length < mostBuckets) {
            fit();
        }
    }

    /** As many buckets as the events on the ring's pages need. */
    void fit() {
        chained = 0;
        forEachChained((page, keys, index) -> chained++);
        int needed = Math.min(mostBuckets, Math.max(MIN_BUCKETS, Integer.highestOneBit(2 * chained)));
        if (needed == newest.length) {
            return;
        }
        account.take(bytes(needed));
        account.give(bytes(newest.length));
        newest = empty(needed);
        chained = 0;
        forEachChained((page, keys, index) -> chain(page, keys, index, keys.hash(index)));
    }

    private void chain(Page page, PageKeys keys, int index, int hash) {
        int bucket = hash & (newest.length - 1);
        keys.chain(index, hash, newest[bucket]);
        newest[bucket] = page.number() * Page.MAX_EVENTS + index;
        chained++;
    }

    private interface Visitor {
        void visit(Page page, PageKeys keys, int index);
    }

    /** The newest event of each key, the oldest of them first. */
    private void forEachChained(Visitor visitor) {
        for (long number = ring.firstNumber(); number <= ring.lastNumber(); number++) {
            Page page = ring.page(number);
            PageKeys keys = page == null ? null : page.keys();
            if (page != null && keys != null) {
                for (int index = 0; index < page.written(); index++) {
                    if (keys.successor(index) == PageKeys.NONE && page.key(index) != null) {
                        visitor.visit(page, keys, index);
                    }
                }
            }
        }
    }

    private static long[] empty(int buckets) {
        long[] none = new long[buckets];
        Arrays.fill(none, NOWHERE);
        return none;
    }

    private static long bytes(int buckets) {
        return (long) buckets * Long.BYTES;
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
                chained--;
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
