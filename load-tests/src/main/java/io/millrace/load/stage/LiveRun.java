// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.load.sample.SampleEvents;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A paced run: its readers, and what they have seen. A run that falls more than {@link #PATIENCE} behind its pace is
 * given up, and its latency is that patience.
 */
final class LiveRun {
    /** How far behind its pace a run may be. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final long LEAD_NANOS = 10_000_000;
    private static final long NAP_NANOS = 1_000_000;

    private final Work.Live work;
    private final List<LiveReader> readers;
    private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();

    LiveRun(Work.Live work, SampleEvents samples) {
        this.work = work;
        this.readers = Stream.generate(() -> new LiveReader(work, samples))
                .limit(work.subscribers())
                .toList();
    }

    List<LiveReader> readers() {
        return readers;
    }

    /** A subscriber has failed: the run ends with this. */
    void fail(Throwable cause) {
        fault.compareAndSet(null, cause);
    }

    /**
     * Publishes at the pace and waits for every delivery. Blocks.
     *
     * @param publish hands over the event of this number; false when there is no room for it now
     */
    Done run(LongPredicate publish) {
        Pace pace = new Pace(System.nanoTime() + LEAD_NANOS, work.eventsPerSecond());
        readers.forEach(reader -> reader.start(pace));
        long deadlineNanos = pace.dueNanos(work.events()) + PATIENCE.toNanos();
        boolean whole = pace.run(work.events(), publish, deadlineNanos) && awaitAll(deadlineNanos);
        Throwable cause = fault.get();
        if (cause != null) {
            throw new IllegalStateException("a subscriber failed: " + cause, cause);
        }
        return whole ? latency() : givenUp();
    }

    private boolean awaitAll(long deadlineNanos) {
        while (fault.get() == null && !readers.stream().allMatch(LiveReader::isComplete)) {
            if (System.nanoTime() - deadlineNanos > 0) {
                return false;
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
        return true;
    }

    private Done latency() {
        Histogram all = LiveReader.emptyHistogram();
        readers.forEach(reader -> reader.addTo(all));
        return done(all.getTotalCount(), Latency.of(all));
    }

    private Done givenUp() {
        return done(0, Latency.atLeast(PATIENCE.toMillis()));
    }

    private Done done(long deliveries, Latency latency) {
        Counts counts = readers.stream().map(LiveReader::counts).reduce(Counts.NONE, Counts::plus);
        return new Done(Duration.ofMillis(work.windowMillis()).toNanos(), deliveries, counts, latency);
    }
}
