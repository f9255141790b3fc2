// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.protobuf.ByteString;
import io.millrace.core.log.Integrity;
import io.millrace.core.log.StoredEvent;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Place;
import io.millrace.v1.ReceivedEvent;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.TailResponse;
import io.millrace.wire.EventCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes framed by hand are the bytes of the contract. */
class EventFramerTest {
    private static final int FRAMES = 5_000;
    private static final ByteString TOKEN = ByteString.copyFromUtf8("token");

    private final EventFramer framer = new EventFramer();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyFramedEventIsWhatTheGeneratedClassesWrite(long seed) throws IOException {
        RandomEvents events = new RandomEvents(seed);
        for (int i = 0; i < FRAMES; i++) {
            StoredEvent stored = events.stored(i);

            byte[] framed = framed(stored);

            EventBatch expected =
                    EventBatch.newBuilder().addEvents(message(stored)).build();
            assertThat(EventBatch.parseFrom(framed)).isEqualTo(expected);
            assertThat(framed).hasSize(expected.getSerializedSize());
            if (stored.event().extensions().size() < 2) { // a map's order is free
                assertThat(framed).isEqualTo(expected.toByteArray());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 127, 128, 1L << 40})
    void aBatchIsTheOrdinaryMessageHoweverItIsRead(long previousOffset) throws IOException {
        RandomEvents events = new RandomEvents(previousOffset);
        ByteArrayOutputStream run = new ByteArrayOutputStream();
        EventBatch.Builder expected = EventBatch.newBuilder();
        for (int i = 1; i <= 10; i++) {
            StoredEvent stored = events.stored(previousOffset + i);
            run.write(framed(stored));
            expected.addEvents(message(stored));
        }
        Slice slice = new Slice(run.toByteArray(), 0, run.size(), 10, previousOffset + 10);
        expected.setTopic("namespaces/default/topics/t")
                .setPartition(3)
                .setPreviousOffset(previousOffset)
                .setCreditBytes(run.size())
                .setPlace(Place.newBuilder()
                        .setTopic("namespaces/default/topics/t")
                        .setPartition(3)
                        .setNextOffset(previousOffset + 11)
                        .setToken(TOKEN));
        SubscribeResponse response =
                SubscribeResponse.newBuilder().setBatch(expected).build();

        AtomicInteger ended = new AtomicInteger();
        BatchFramer framer = new BatchFramer("namespaces/default/topics/t", 3, TOKEN);
        Supplier<Frame> frame = () -> framer.frame(slice.leased(ended::incrementAndGet), previousOffset);

        assertThat(frame.get().sizeBytes()).isEqualTo(read(FrameMarshaller.bare().stream(frame.get())).length);
        assertThat(SubscribeResponse.parseFrom(read(FrameMarshaller.bare().stream(frame.get()))))
                .isEqualTo(response);
        assertThat(SubscribeResponse.parseFrom(drained(FrameMarshaller.bare().stream(frame.get()))))
                .isEqualTo(response);
        assertThat(TailResponse.parseFrom(drained(FrameMarshaller.inTailResponse().stream(frame.get()))))
                .isEqualTo(TailResponse.newBuilder().setResponse(response).build());
        assertThat(ended).as("leases of frames that were written").hasValue(4);
    }

    @Test
    void aBatchIsWrittenOnce() throws IOException {
        Slice slice = new Slice(new byte[] {1}, 0, 1, 1, 1);
        Frame frame = new BatchFramer("namespaces/default/topics/t", 3, TOKEN).frame(slice, 0);
        frame.writeTo(OutputStream.nullOutputStream());

        assertThatIllegalStateException()
                .isThrownBy(() -> frame.writeTo(OutputStream.nullOutputStream()))
                .withMessage("a frame is written once");
    }

    @Test
    void ofAnEventThatIsWithheldThereIsNothing() {
        assertThat(framed(new RandomEvents(5).stored(7).withheld())).isEmpty();
    }

    private byte[] framed(StoredEvent stored) {
        int length = framer.frame(stored);
        return Arrays.copyOfRange(framer.buffer(), framer.start(), framer.start() + length);
    }

    private static ReceivedEvent message(StoredEvent stored) {
        return ReceivedEvent.newBuilder()
                .setEvent(EventCodec.toMessage(stored.event()))
                .setOffset(stored.offset())
                .setChecksumFailed(stored.integrity() == Integrity.BROKEN)
                .setRecordTime(EventCodec.toMessage(Instant.ofEpochMilli(stored.recordTimeMillis())))
                .build();
    }

    private static byte[] read(InputStream stream) throws IOException {
        return stream.readAllBytes();
    }

    private static byte[] drained(InputStream stream) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int size = stream.available();
        assertThat(((io.grpc.Drainable) stream).drainTo(out)).isEqualTo(size);
        return out.toByteArray();
    }
}
