// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.micro;

import io.millrace.broker.frame.EventFramer;
import io.millrace.core.log.StoredEvent;
import io.millrace.load.sample.SampleEvents;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ReceivedEvent;
import io.millrace.wire.EventCodec;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Framing one event by hand beside encoding the same event with the generated classes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class FramingBenchmark {
    private static final long RECORD_TIME_MILLIS = 1_767_225_600_123L;

    private final SampleEvents samples = new SampleEvents();
    private final EventFramer framer = new EventFramer();
    private long offset;

    /** As the ring does it. */
    @Benchmark
    public int byHand() {
        offset++;
        return framer.frame(new StoredEvent(offset, RECORD_TIME_MILLIS, samples.at(offset)));
    }

    /** As generated code does it, as a batch of one. */
    @Benchmark
    public byte[] generated() {
        offset++;
        return EventBatch.newBuilder()
                .addEvents(ReceivedEvent.newBuilder()
                        .setEvent(EventCodec.toMessage(samples.at(offset)))
                        .setOffset(offset)
                        .setRecordTime(EventCodec.toMessage(Instant.ofEpochMilli(RECORD_TIME_MILLIS))))
                .build()
                .toByteArray();
    }
}
