// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventCodecTest {
    private static final Bytes BINARY = Bytes.wrap(new byte[] {0, -1, (byte) 0xC3, 0x28});
    private static final Bytes EMPTY = Bytes.wrap(new byte[0]);

    static Stream<Event> everyKindOfEvent() {
        return Stream.of(
                Event.builder().build(),
                Event.builder().key(EMPTY).data(EMPTY).build(),
                Event.builder().key(BINARY).data(BINARY).build(),
                Event.builder().key("a tombstone").build(),
                Event.builder()
                        .id("1")
                        .source("/tests")
                        .type("millrace.test")
                        .subject("everything")
                        .time(Instant.parse("2001-01-01T00:00:00.123456789Z"))
                        .dataContentType("application/json")
                        .dataSchema("https://example.org/schema")
                        .extensions(Map.of("region", "eu", "partitionkey", ""))
                        .timeToLive(Duration.ofMillis(1))
                        .deliverAt(Instant.EPOCH)
                        .headers(List.of(
                                new Header("repeated", BINARY),
                                new Header("repeated", EMPTY),
                                new Header("repeated", null),
                                new Header("", BINARY)))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("everyKindOfEvent")
    void whatGoesInComesOutEqual(Event event) {
        assertThat(EventCodec.toEvent(EventCodec.toMessage(event))).isEqualTo(event);
    }

    @Test
    void aParsedPayloadIsReadWhereItStandsAndCopiedOnlyWhereItIsAPartOfSomethingElse() throws IOException {
        Event event = Event.builder().key("key").data("x".repeat(1_000)).build();
        io.millrace.v1.Event parsed =
                io.millrace.v1.Event.parseFrom(EventCodec.toMessage(event).toByteArray());
        ByteString data = parsed.getData();
        io.millrace.v1.Event part =
                parsed.toBuilder().setData(data.substring(1, 999)).build();
        io.millrace.v1.Event pieces =
                parsed.toBuilder().setData(data.concat(data).concat(data)).build();

        assertThat(array(parsed)).isSameAs(array(parsed));
        assertThat(array(part)).hasSize(998).containsOnly('x');
        assertThat(array(pieces)).hasSize(3_000).containsOnly('x');
    }

    private static byte[] array(io.millrace.v1.Event message) {
        return EventCodec.toEvent(message).data().array();
    }

    @Test
    void aTimeOutsideOfTheCalendarIsRefusedWithItsField() {
        Timestamp after9999 =
                Timestamp.newBuilder().setSeconds(253_402_300_800L).build();

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> EventCodec.toInstant(after9999, "start.time"))
                .satisfies(refused -> assertThat(refused.refusal().reason()).isEqualTo(Reason.EVENT_INVALID))
                .withMessageContaining("start.time");
    }
}
