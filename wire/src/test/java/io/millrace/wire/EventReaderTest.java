// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.v1.ReceivedEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
    private final EventReader reader = new EventReader();

    @ParameterizedTest
    @MethodSource("io.millrace.wire.EventCodecTest#everyKindOfEvent")
    void whatIsWrittenIsReadEqual(Event event) throws IOException {
        assertThat(read(EventCodec.toMessage(event))).isEqualTo(event);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void generatedEventsAreReadAsTheirParsedMessagesAre(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            io.millrace.v1.Event message = message(random);

            assertThat(read(message)).as("seed %d, event %d", seed, i).isEqualTo(EventCodec.toEvent(message));
        }
    }

    /** A field that is added to the message must be added to the reader. */
    @Test
    void noFieldOfAnEventIsForgotten() throws IOException {
        io.millrace.v1.Event full = EventCodecTest.everyKindOfEvent()
                .map(EventCodec::toMessage)
                .reduce(
                        io.millrace.v1.Event.getDefaultInstance(),
                        (all, next) -> all.toBuilder().mergeFrom(next).build());

        assertThat(full.getAllFields().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        io.millrace.v1.Event.getDescriptor().getFields());
        assertThat(EventCodec.toMessage(read(full))).isEqualTo(EventCodec.toMessage(EventCodec.toEvent(full)));
        assertThat(EventCodec.toMessage(EventCodec.toEvent(full)).getAllFields())
                .hasSameSizeAs(full.getAllFields());
    }

    @Test
    void theTextsOfTheEventBeforeAreTheSameStrings() throws IOException {
        Event first =
                read(EventCodec.toMessage(Event.builder().type("a").source("s").build()));
        Event second =
                read(EventCodec.toMessage(Event.builder().type("a").source("t").build()));
        Event third =
                read(EventCodec.toMessage(Event.builder().type("ab").source("t").build()));

        assertThat(second.type()).isSameAs(first.type());
        assertThat(second.source()).isEqualTo("t");
        assertThat(third.type()).isEqualTo("ab");
        assertThat(third.source()).isSameAs(second.source());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void bytesThatAreNoEventAreRefusedAndNothingElseIsThrown(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = broken(message(random).toByteArray(), random);
            try {
                readBytes(broken);
                read++;
                io.millrace.v1.Event.parseFrom(broken); // what is no message must not be read as one
            } catch (InvalidProtocolBufferException | RefusedException expected) {
                refused++;
                assertThat(read + refused)
                        .as("read and then refused by the parser")
                        .isEqualTo(i + 1);
            }
        }
        assertThat(read).as("events that stayed events").isPositive();
        assertThat(refused).as("events that were broken").isPositive();
    }

    @Test
    void aTimeOutsideOfTheCalendarIsRefused() {
        io.millrace.v1.Event message = io.millrace.v1.Event.newBuilder()
                .setTime(Timestamp.newBuilder().setSeconds(253_402_300_800L))
                .build();

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> read(message))
                .satisfies(refused -> assertThat(refused.refusal().reason()).isEqualTo(Reason.EVENT_INVALID));
    }

    /** Reads it as it stands in a batch: behind other bytes, before others. */
    private Event read(io.millrace.v1.Event message) throws IOException {
        return readBytes(message.toByteArray());
    }

    private Event readBytes(byte[] event) throws IOException {
        byte[] field = ReceivedEvent.newBuilder().setOffset(7).build().toByteArray();
        byte[] array = new byte[field.length + 5 + event.length + 3];
        CodedOutputStream out = CodedOutputStream.newInstance(array);
        out.writeRawBytes(field);
        out.writeUInt32NoTag(event.length);
        out.writeRawBytes(event);
        CodedInputStream in = CodedInputStream.newInstance(array);
        in.skipRawBytes(field.length);
        Event read = reader.readField(in, array);
        assertThat(in.getTotalBytesRead()).as("place behind the event").isEqualTo(out.getTotalBytesWritten());
        return read;
    }

    private static io.millrace.v1.Event message(SplittableRandom random) {
        io.millrace.v1.Event.Builder event = io.millrace.v1.Event.newBuilder()
                .setId(text(random))
                .setSource(text(random))
                .setType(text(random))
                .setSubject(text(random))
                .setDataContentType(text(random))
                .setDataSchema(text(random));
        if (random.nextBoolean()) {
            event.setTime(EventCodec.toMessage(Instant.ofEpochSecond(random.nextLong(-1L << 32, 1L << 32), 5)));
        }
        if (random.nextBoolean()) {
            event.setKey(bytes(random));
        }
        if (random.nextBoolean()) {
            event.setData(bytes(random));
        }
        if (random.nextInt(4) == 0) {
            event.setTimeToLive(EventCodec.toMessage(Duration.ofMillis(random.nextInt(10_000))));
            event.setDeliverAt(EventCodec.toMessage(Instant.ofEpochMilli(random.nextInt())));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            event.putExtensions("x" + random.nextInt(3), text(random));
            event.addHeaders(io.millrace.v1.Header.newBuilder().setKey(text(random)));
            event.addHeaders(io.millrace.v1.Header.newBuilder().setKey("h").setValue(bytes(random)));
        }
        if (random.nextInt(4) == 0) {
            event.setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            500,
                            UnknownFieldSet.Field.newBuilder()
                                    .addVarint(random.nextLong())
                                    .addFixed32(random.nextInt())
                                    .addFixed64(random.nextLong())
                                    .addLengthDelimited(bytes(random))
                                    .addGroup(UnknownFieldSet.getDefaultInstance())
                                    .build())
                    .build());
        }
        return event.build();
    }

    /** From few, so that they repeat, some of them long. */
    private static String text(SplittableRandom random) {
        return List.of("", "a", "ab", "order.placed", "größer 𝄞", "x".repeat(100), "y".repeat(300))
                .get(random.nextInt(7));
    }

    private static ByteString bytes(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static byte[] broken(byte[] whole, SplittableRandom random) {
        if (whole.length == 0) {
            return "\u0001".getBytes(StandardCharsets.UTF_8);
        }
        int at = random.nextInt(whole.length);
        if (random.nextBoolean()) {
            whole[at] = (byte) random.nextInt(256);
            return whole;
        }
        return Arrays.copyOf(whole, at);
    }
}
