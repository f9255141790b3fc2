// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.micro;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.millrace.core.event.Event;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ReceivedEvent;
import io.millrace.wire.EventCodec;
import io.millrace.wire.EventReader;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What an event costs on its way from a frame to a user of the consumer, with and without messages in between, and with and without the parsing of the frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HandingOutBenchmark {
    private static final int EVENTS = 64;
    private static final int EVENTS_TAG = EventBatch.EVENTS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int EVENT_TAG = ReceivedEvent.EVENT_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private final EventReader reader = new EventReader();

    /** Bytes of data of an event. */
    @Param({"100", "1024"})
    public int dataBytes;

    private byte[] frame = {};
    private EventBatch parsed = EventBatch.getDefaultInstance();

    /** Makes a frame. */
    @Setup
    public void encode() throws InvalidProtocolBufferException {
        EventBatch.Builder batch = EventBatch.newBuilder();
        Event event = Event.builder()
                .id("0190a1b2-0000-7000-8000-000000000000")
                .source("benchmark")
                .type("order.placed")
                .time(Instant.ofEpochMilli(1_767_225_600_123L))
                .key("customer-17")
                .data("x".repeat(dataBytes))
                .build();
        for (int offset = 0; offset < EVENTS; offset++) {
            batch.addEvents(ReceivedEvent.newBuilder().setOffset(offset).setEvent(EventCodec.toMessage(event)));
        }
        frame = batch.build().toByteArray();
        parsed = EventBatch.parseFrom(frame);
    }

    /** From the bytes of the frame. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void fromTheFrame(Blackhole user) throws InvalidProtocolBufferException {
        handOut(EventBatch.parseFrom(frame), user);
    }

    /** From the parsed frame. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void fromTheParsedFrame(Blackhole user) {
        handOut(parsed, user);
    }

    /** From the bytes of the frame, as the consumer does it: without the messages in between. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void fromTheFrameWithoutMessages(Blackhole user) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(frame);
        for (int tag = in.readTag(); tag == EVENTS_TAG; tag = in.readTag()) {
            int end = EventReader.readEnd(in);
            while (in.getTotalBytesRead() < end) {
                int inner = in.readTag();
                if (inner == EVENT_TAG) {
                    user.consume(reader.readField(in, frame));
                } else {
                    EventReader.skip(in, inner);
                }
            }
        }
    }

    private static void handOut(EventBatch batch, Blackhole user) {
        for (ReceivedEvent received : batch.getEventsList()) {
            user.consume(EventCodec.toEvent(received.getEvent()));
        }
    }
}
