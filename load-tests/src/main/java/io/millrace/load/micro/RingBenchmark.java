// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.micro;

import io.millrace.broker.frame.Slice;
import io.millrace.broker.ring.ReadEnd;
import io.millrace.broker.ring.Ring;
import io.millrace.broker.ring.RingReader;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.load.sample.SampleEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What an event costs in the ring: framed and appended once, and cut into slices by one reader. Per event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {
    private static final int BATCH_EVENTS = 256;
    private static final int SLICE_BYTES = 32 * 1024;
    private static final int RING_BYTES = 16 * 1024 * 1024;
    private static final long RECORD_TIME_MILLIS = 1_767_225_600_123L;

    private final SampleEvents samples = new SampleEvents();
    private final Ring ring = new Ring(0, MemoryLedger.ofHeapShare(), RING_BYTES, RING_BYTES);
    private final RingReader reader = Objects.requireNonNull(RingReader.at(ring, 0));

    /** Only written; nobody reads. */
    @Benchmark
    @OperationsPerInvocation(BATCH_EVENTS)
    public long append() {
        ring.append(nextBatch());
        return ring.head();
    }

    /** Written, and read to the end in slices. */
    @Benchmark
    @OperationsPerInvocation(BATCH_EVENTS)
    public int appendAndSlice() {
        ring.append(nextBatch());
        int lengthBytes = 0;
        for (Slice slice = next(); slice != null; slice = next()) {
            lengthBytes += slice.lengthBytes();
            slice.lease().end();
        }
        return lengthBytes;
    }

    private @Nullable Slice next() {
        return reader.next(Integer.MAX_VALUE, SLICE_BYTES, ReadEnd.NEVER);
    }

    private LogBatch nextBatch() {
        long from = ring.head();
        List<StoredEvent> events = new ArrayList<>(BATCH_EVENTS);
        for (long offset = from; offset < from + BATCH_EVENTS; offset++) {
            events.add(new StoredEvent(offset, RECORD_TIME_MILLIS, samples.at(offset)));
        }
        return new LogBatch(from, from + BATCH_EVENTS, events);
    }
}
