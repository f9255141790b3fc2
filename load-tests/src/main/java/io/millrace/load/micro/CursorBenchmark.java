// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.micro;

import com.google.protobuf.ByteString;
import io.millrace.broker.frame.BatchFramer;
import io.millrace.broker.frame.Frame;
import io.millrace.broker.frame.Slice;
import io.millrace.broker.ring.ReadEnd;
import io.millrace.broker.ring.Ring;
import io.millrace.broker.ring.RingReader;
import io.millrace.consumers.Cursor;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.load.sample.SampleEvents;
import io.millrace.v1.Place;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a subscriber's place costs: the next batch at it, and the printed cursor of many places. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CursorBenchmark {
    private static final ByteString TOKEN = ByteString.copyFrom(new byte[45]); // as long as one with a topic's uid

    /** A ring that is full, and a reader that begins again where it ends. */
    @State(Scope.Thread)
    public static class Reading {
        private static final int EVENTS = 20_000;
        private static final int RING_BYTES = 16 * 1024 * 1024;
        private static final long RECORD_TIME_MILLIS = 1_767_225_600_123L;

        private final Ring ring = new Ring(0, MemoryLedger.ofHeapShare(), RING_BYTES, RING_BYTES);
        private final BatchFramer framer = new BatchFramer("namespaces/default/topics/orders", 0, TOKEN);
        private RingReader reader;

        /** How many bytes of events a batch may have. */
        @Param({"1024", "65536"})
        public int batchBytes;

        /** Fills the ring. */
        public Reading() {
            SampleEvents samples = new SampleEvents();
            ring.append(new LogBatch(
                    0,
                    EVENTS,
                    LongStream.range(0, EVENTS)
                            .mapToObj(offset -> new StoredEvent(offset, RECORD_TIME_MILLIS, samples.at(offset)))
                            .toList()));
            reader = atTheBeginning();
        }

        private Frame next() {
            Slice slice = reader.next(Integer.MAX_VALUE, batchBytes, ReadEnd.NEVER);
            while (slice == null) {
                reader = atTheBeginning();
                slice = reader.next(Integer.MAX_VALUE, batchBytes, ReadEnd.NEVER);
            }
            return framer.frame(slice, slice.lastOffset() - slice.events());
        }

        private RingReader atTheBeginning() {
            return Objects.requireNonNull(RingReader.at(ring, 0));
        }
    }

    /** A cursor of many places. */
    @State(Scope.Thread)
    public static class Printing {
        private static final int PARTITIONS = 12;

        private Cursor cursor = Cursor.empty();
        private String text = "";

        /** How many partitions the subscription reads; 2,048 is the most that a stream may. */
        @Param({"1", "100", "2048"})
        public int places;

        /** Makes the cursor as a program that resumes gets it: from a text. */
        @Setup
        public void make() {
            List<Place> given = IntStream.range(0, places)
                    .mapToObj(i -> Place.newBuilder()
                            .setTopic("namespaces/default/topics/orders" + i / PARTITIONS)
                            .setPartition(i % PARTITIONS)
                            .setNextOffset(1_000_000L + i)
                            .setToken(TOKEN)
                            .build())
                    .toList();
            text = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(io.millrace.v1.Cursor.newBuilder()
                            .addAllPlaces(given)
                            .build()
                            .toByteArray());
            cursor = Cursor.parse(text);
        }
    }

    /** Cuts the next batch and frames it, as a stream does when it is polled. */
    @Benchmark
    public Frame nextBatch(Reading reading) {
        return reading.next();
    }

    /** Prints a cursor. */
    @Benchmark
    public String print(Printing printing) {
        return printing.cursor.toString();
    }

    /** Reads it back. */
    @Benchmark
    public Cursor parse(Printing printing) {
        return Cursor.parse(printing.text);
    }
}
