// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How fast all replays of a broker together may go while others are served live, so that those do not feel them. While
 * nobody is served live there is no bound.
 *
 * <p>Whether the machine is busy is seen by how late timers fire on the loops that replay: the rate goes down by a fifth
 * when many are late, and up by a tenth when few are and the rate was made use of (additive increase would take too
 * long over three decades; otherwise this is the AIMD of TCP). It begins at 48 MB/s, each time that somebody is served
 * live after a while without, and stays between 32 MB/s and 4 GB/s.
 *
 * <p>Thread-safe.
 */
final class ReplayPace {
    /*
     * Maintainer's note. Measured on two cores with 100 live subscribers and ten replays: at 20 MB/s 5 % of the probes
     * were more than half a millisecond late, at 60 MB/s 8 %, at 120 MB/s 28 % and at 300 MB/s 60 %; the live p99 was 1.2,
     * 1.4, 2.9 and 5.7 times that without replays.
     */
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(5);
    private static final Duration WINDOW = Duration.ofMillis(200);
    private static final Duration BURST = Duration.ofMillis(10);
    private static final long LATE_NANOS = 500_000;
    private static final double MANY_LATE = 0.1;
    private static final double DOWN = 0.8;
    private static final double UP = 1.1;
    private static final double START_BYTES_PER_SECOND = 48e6;
    private static final double MIN_BYTES_PER_SECOND = 32e6;
    private static final double MAX_BYTES_PER_SECOND = 4e9;
    private static final double NANOS_PER_SECOND = 1e9;

    /** For so many windows in a row nobody was served live: then replays are alone. */
    private static final int LONELY_WINDOWS = 5;

    private final LongSupplier nanoTime;
    private final Set<EventExecutor> probed = ConcurrentHashMap.newKeySet();
    private volatile boolean servedLive;
    private volatile boolean bounded = true;

    // ---- guarded by this

    private double bytesPerSecond = START_BYTES_PER_SECOND;
    private long nextNanos;
    private long windowNanos;
    private long spentBytes;
    private int probes;
    private int lateProbes;
    private int lonelyWindows;

    ReplayPace() {
        this(System::nanoTime);
    }

    ReplayPace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.nextNanos = nanoTime.getAsLong();
        this.windowNanos = nextNanos;
    }

    /** Somebody was served live just now. Costs next to nothing. */
    void servedLive() {
        if (!servedLive) {
            servedLive = true;
        }
    }

    /**
     * A replay on this loop has sent so many bytes.
     *
     * @return how long it should wait before it sends more, in nanoseconds; 0 for not at all
     */
    long spend(EventExecutor loop, int bytes) {
        if (probed.add(loop)) {
            probeLater(loop);
        }
        return spend(bytes);
    }

    synchronized long spend(int bytes) {
        spentBytes += bytes;
        if (!bounded) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        nextNanos = Math.max(nextNanos, now - BURST.toNanos()) + (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
        return Math.max(0, nextNanos - now);
    }

    private void probeLater(EventExecutor loop) {
        long due = nanoTime.getAsLong() + PROBE_INTERVAL.toNanos();
        loop.schedule(() -> probe(loop, due), PROBE_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void probe(EventExecutor loop, long dueNanos) {
        if (probed(nanoTime.getAsLong() - dueNanos)) {
            probeLater(loop);
        } else {
            probed.remove(loop);
        }
    }

    boolean isProbed(EventExecutor loop) {
        return probed.contains(loop);
    }

    /** A probe was late by this. False when no replay has sent anything in the window that ends now. */
    synchronized boolean probed(long lateNanos) {
        probes++;
        if (lateNanos > LATE_NANOS) {
            lateProbes++;
        }
        long now = nanoTime.getAsLong();
        if (now - windowNanos < WINDOW.toNanos()) {
            return true;
        }
        boolean replaying = spentBytes > 0;
        judge((now - windowNanos) / NANOS_PER_SECOND);
        windowNanos = now;
        probes = 0;
        lateProbes = 0;
        spentBytes = 0;
        return replaying;
    }

    private void judge(double seconds) {
        lonelyWindows = servedLive ? 0 : lonelyWindows + 1;
        servedLive = false;
        bounded = lonelyWindows < LONELY_WINDOWS;
        if (!bounded) {
            bytesPerSecond = START_BYTES_PER_SECOND;
            return;
        }
        if (lateProbes > MANY_LATE * probes) {
            bytesPerSecond = Math.max(MIN_BYTES_PER_SECOND, DOWN * bytesPerSecond);
        } else if (spentBytes > bytesPerSecond * seconds / 2) {
            bytesPerSecond = Math.min(MAX_BYTES_PER_SECOND, UP * bytesPerSecond);
        }
    }

    synchronized double bytesPerSecond() {
        return bounded ? bytesPerSecond : Double.POSITIVE_INFINITY;
    }
}
