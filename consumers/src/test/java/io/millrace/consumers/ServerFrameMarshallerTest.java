// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.grpc.KnownLength;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.SubscribeResponse;
import io.millrace.wire.EventCodec;
import io.millrace.wire.EventReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerFrameMarshallerTest {
    private static final int EVENTS = 400;
    private static final Place AFTER =
            new Place(new TopicPartition(new TopicName("orders"), 3), 5_000, ByteString.copyFromUtf8("token"));

    private final ServerFrameMarshaller marshaller = new ServerFrameMarshaller();

    @Test
    void aBatchIsReadAsItWasWritten() {
        EventBatch message = batch();
        EncodedBatch batch = batchOf(frame(message).toByteArray());

        assertThat(batch.topic()).isEqualTo("topics/orders");
        assertThat(batch.partition()).isEqualTo(3);
        assertThat(batch.previousOffset()).isEqualTo(99);
        assertThat(batch.place()).isEqualTo(message.getPlace());
        assertThat(batch.creditBytes()).isEqualTo(1_234);
        assertThat(eventsOf(batch, 0)).containsExactlyElementsOf(expected(0));
    }

    @Test
    void eventsThatHaveComeBeforeAreLeftOut() {
        EncodedBatch batch = batchOf(frame(batch()).toByteArray());

        assertThat(eventsOf(batch, EVENTS - 3)).containsExactlyElementsOf(expected(EVENTS - 3));
        assertThat(eventsOf(batch, EVENTS)).isEmpty();
    }

    /** As another server may write them. */
    @Test
    void theFieldsOfABatchMayComeInAnyOrderAndInPieces() throws IOException {
        EventBatch whole = batch();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        frame(whole.toBuilder().clearEvents().build()).writeTo(out);
        frame(EventBatch.newBuilder().addAllEvents(whole.getEventsList()).build())
                .writeTo(out);
        out.writeInt32(500, 1);
        out.flush();

        EncodedBatch batch = batchOf(bytes.toByteArray());

        assertThat(batch.topic()).isEqualTo("topics/orders");
        assertThat(eventsOf(batch, 0)).containsExactlyElementsOf(expected(0));
    }

    @Test
    void otherFramesAreMessages() {
        SubscribeResponse heartbeat = SubscribeResponse.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setLagEvents(7))
                .build();

        assertThat(parse(heartbeat.toByteArray())).isEqualTo(new ServerFrame.Control(heartbeat));
        assertThat(parse(new byte[0])).isEqualTo(new ServerFrame.Control(SubscribeResponse.getDefaultInstance()));
    }

    @Test
    void whatIsNoFrameEndsTheCall() {
        byte[] frame = frame(batch()).toByteArray();
        frame[frame.length - 1] |= (byte) 0x80; // its last number does not end

        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> parse(frame))
                .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL));
    }

    @Test
    void anEventThatCannotBeReadIsRefusedWithItsOffset() {
        byte[] data = new byte[] {0x0a, 0x01, (byte) 0xff}; // an id that is no UTF-8
        ByteString received = ByteString.copyFrom(new byte[] {0x0a, 3})
                .concat(ByteString.copyFrom(data))
                .concat(ByteString.copyFrom(new byte[] {0x10, 9}));
        ByteString events =
                ByteString.copyFrom(new byte[] {0x0a, (byte) received.size()}).concat(received);
        byte[] frame = ByteString.copyFrom(new byte[] {0x12, (byte) events.size()})
                .concat(events)
                .toByteArray();

        EncodedBatch batch = batchOf(frame);

        assertThat(batch.offset(0)).isEqualTo(9);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> eventsOf(batch, 0))
                .withMessageContaining("offset 9")
                .satisfies(e -> assertThat(e.refusal().reason()).isEqualTo(Reason.EVENT_INVALID));
    }

    @Test
    void aFrameOfAKnownLengthIsReadToItsEndAndNoFurther() {
        byte[] frame = frame(batch()).toByteArray();

        ServerFrame read = marshaller.parse(new OfKnownLength(frame, frame.length));

        assertThat(eventsOf(((ServerFrame.Batch) read).batch(), 0)).containsExactlyElementsOf(expected(0));
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> marshaller.parse(new OfKnownLength(frame, frame.length + 1)))
                .withMessageContaining("could not be read");
    }

    private ServerFrame parse(byte[] frame) {
        return marshaller.parse(new ByteArrayInputStream(frame));
    }

    private EncodedBatch batchOf(byte[] frame) {
        assertThat(parse(frame)).isInstanceOf(ServerFrame.Batch.class);
        return ((ServerFrame.Batch) parse(frame)).batch();
    }

    private static SubscribeResponse frame(EventBatch batch) {
        return SubscribeResponse.newBuilder().setBatch(batch).build();
    }

    private static EventBatch batch() {
        EventBatch.Builder batch = EventBatch.newBuilder()
                .setTopic("topics/orders")
                .setPartition(3)
                .setPreviousOffset(99)
                .setPlace(AFTER.toMessage())
                .setCreditBytes(1_234);
        for (int i = 0; i < EVENTS; i++) {
            batch.addEvents(io.millrace.v1.ReceivedEvent.newBuilder()
                    .setEvent(EventCodec.toMessage(event(i)))
                    .setOffset(offset(i))
                    .setRecordTime(EventCodec.toMessage(recordTime(i)))
                    .setChecksumFailed(checksumFailed(i)));
        }
        return batch.build();
    }

    private static Event event(int i) {
        return Event.builder().id("id-" + i).type("t").data("x".repeat(i)).build();
    }

    private static long offset(int i) {
        return 100 + 3L * i;
    }

    private static Instant recordTime(int i) {
        return Instant.ofEpochMilli(1_767_225_600_000L + i / 3);
    }

    private static boolean checksumFailed(int i) {
        return i % 3 == 1;
    }

    private static List<Seen> expected(int from) {
        List<Seen> all = new ArrayList<>();
        for (int i = from; i < EVENTS; i++) {
            all.add(new Seen(event(i), offset(i), recordTime(i), checksumFailed(i)));
        }
        return all;
    }

    private static List<Seen> eventsOf(EncodedBatch batch, int firstNew) {
        BatchEvents events = new BatchEvents(
                new Arrival.Batch(batch, firstNew, AFTER), Standing.at(Cursor.empty()), new EventReader());
        List<Seen> all = new ArrayList<>();
        while (events.left() > 0) {
            ReceivedEvent event = events.next();
            all.add(new Seen(event.event(), event.offset(), event.recordTime(), event.checksumFailed()));
        }
        return all;
    }

    /** As gRPC's own streams are. */
    private static final class OfKnownLength extends ByteArrayInputStream implements KnownLength {
        private final int length;

        OfKnownLength(byte[] bytes, int length) {
            super(bytes);
            this.length = length;
        }

        @Override
        public int available() {
            return length;
        }
    }

    private record Seen(Event event, long offset, Instant recordTime, boolean checksumFailed) {}
}
