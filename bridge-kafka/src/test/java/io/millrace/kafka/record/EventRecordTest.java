// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.log.Integrity;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventRecordTest {
    private static final long OFFSET = 7;
    private static final long TIMESTAMP_MILLIS = 1_700_000_000_123L;
    private static final int EVENTS = 20_000;
    private static final Header VERSION = Header.of("ce_specversion", "1.0");
    private static final Bytes NOT_UTF_8 = Bytes.wrap(new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF});

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyEventComesBackAsItWas(long seed) {
        RandomEvents events = new RandomEvents(new SplittableRandom(seed));
        for (int i = 0; i < EVENTS; i++) {
            Event event = events.next();
            assertThat(throughKafka(event)).as("event %d of seed %d", i, seed).isEqualTo(event);
        }
    }

    /** What is shown at the acknowledgement is what is read later, also of headers that look like attributes. */
    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7})
    void whatIsShownAtTheAcknowledgementIsWhatIsReadLater(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RandomEvents events = new RandomEvents(random.split());
        int changed = 0;
        for (int i = 0; i < EVENTS; i++) {
            Event event = misleading(events.next(), random);
            Event read = throughKafka(event);
            Event shown = EventRecord.asRead(event);
            assertThat(shown).as("event %d of seed %d", i, seed).isEqualTo(read);
            assertThat(List.copyOf(shown.extensions().keySet()))
                    .as("order of extensions of event %d of seed %d", i, seed)
                    .isEqualTo(List.copyOf(read.extensions().keySet()));
            changed += shown.equals(event) ? 0 : 1;
        }
        assertThat(changed).as("events that come back as others").isGreaterThan(EVENTS / 100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-1000000000-01-01T00:00:00Z", "+1000000000-12-31T23:59:59.999999999Z", "+12345-01-01T00:00:00Z"
            })
    void aTimeBeyondTheCalendarIsShownAsItIsRead(String time) {
        Event event = Event.builder().id("1").time(Instant.parse(time)).build();

        assertThat(EventRecord.asRead(event)).isEqualTo(throughKafka(event));
    }

    @Test
    void halfACharacterIsShownAsItIsRead() {
        Event event = Event.builder().id("half \uD83D").build();

        assertThat(EventRecord.asRead(event).id()).isEqualTo("half ?");
        assertThat(EventRecord.asRead(event)).isEqualTo(throughKafka(event));
    }

    /** Adds, now and then, headers that a reader takes for attributes. */
    private static Event misleading(Event event, SplittableRandom random) {
        List<Header> headers = new ArrayList<>(event.headers());
        while (random.nextInt(3) == 0) {
            Header added = switch (random.nextInt(8)) {
                case 0 -> VERSION;
                case 1 -> Header.of("ce_subject", "taken");
                case 2 -> Header.of("content-type", "text/plain");
                case 3 -> Header.of("ce_time", "2024-06-01T12:00:00Z");
                case 4 -> Header.of("ce_ext" + random.nextInt(10), "taken");
                case 5 -> Header.of(EventSum.HEADER, "0badf00d");
                case 6 -> Header.of(EventSum.HEADER, "no sum");
                default -> new Header("ce_id", NOT_UTF_8);
            };
            headers.add(random.nextInt(headers.size() + 1), added);
        }
        return event.toBuilder().headers(headers).build();
    }

    @Test
    void noBatchOfOneRecordIsLargerThanWasSaid() {
        RandomEvents events = new RandomEvents(new SplittableRandom(4));
        for (int i = 0; i < EVENTS; i++) {
            ProducerRecord<byte[], byte[]> record = EventRecord.of("t", events.next());
            SimpleRecord simple = new SimpleRecord(
                    TIMESTAMP_MILLIS,
                    record.key(),
                    record.value(),
                    record.headers().toArray());
            int actual = MemoryRecords.withRecords(Compression.NONE, simple).sizeInBytes();
            assertThat(EventRecord.batchBytes(record)).isGreaterThanOrEqualTo(actual);
        }
    }

    @Test
    void placeAndTimeOfTheRecordAreThoseOfTheStoredEvent() {
        StoredEvent stored = EventRecord.stored(record(List.of(), null, null));

        assertThat(stored.offset()).isEqualTo(OFFSET);
        assertThat(stored.event()).isEqualTo(Event.builder().build());
        assertThat(stored).isEqualTo(new StoredEvent(OFFSET, TIMESTAMP_MILLIS, stored.event()));
    }

    @Test
    void anEventWithoutAttributesIsAPlainRecord() {
        List<Header> headers = List.of(Header.of("trace", "a"), Header.of("trace", "b"), new Header("none", null));
        Event event = Event.builder().key("k").data("d").headers(headers).build();

        assertThat(headersButTheSum(event)).isEqualTo(headers);
    }

    @Test
    void attributesAreTheHeadersThatTheBindingNames() {
        Event event = Event.builder()
                .id("1")
                .source("/shop")
                .type("order")
                .dataContentType("text/plain")
                .time(Instant.parse("2024-02-29T23:59:59.000000001Z"))
                .extensions(Map.of("traceparent", "00-1"))
                .headers(List.of(Header.of("own", "x")))
                .build();

        assertThat(headersButTheSum(event))
                .containsExactly(
                        VERSION,
                        Header.of("ce_id", "1"),
                        Header.of("ce_source", "/shop"),
                        Header.of("ce_type", "order"),
                        Header.of("ce_time", "2024-02-29T23:59:59.000000001Z"),
                        Header.of("content-type", "text/plain"),
                        Header.of("ce_traceparent", "00-1"),
                        Header.of("own", "x"));
    }

    @Test
    void aRecordOfAnotherProgramComesThroughUnchanged() {
        staysPlain(
                Header.of("content-type", "text/plain"),
                Header.of("ce_id", "without a version"),
                Header.of("", "no name"),
                new Header("binary", NOT_UTF_8),
                new Header("binary", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3", "1.1", "2.0", "", "1.0 "})
    void aRecordOfAnotherVersionKeepsEveryHeader(String version) {
        staysPlain(Header.of("ce_specversion", version), Header.of("ce_id", "1"), Header.of("ce_type", "order"));
    }

    @Test
    void aRecordOfTwoVersionsIsOfTheFirst() {
        staysPlain(Header.of("ce_specversion", "0.3"), VERSION, Header.of("ce_id", "1"));

        Event event = read(VERSION, Header.of("ce_specversion", "0.3"), Header.of("ce_id", "1"));
        assertThat(event.id()).isEqualTo("1");
        assertThat(event.headers()).containsExactly(Header.of("ce_specversion", "0.3"));
    }

    @Test
    void aNullVersionIsNone() {
        staysPlain(new Header("ce_specversion", null), Header.of("ce_id", "1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "",
                "2024-13-01T00:00:00Z",
                "2024-01-01",
                "2016-12-31T23:59:60Z",
                "+1000000000-12-31T23:59:59Z"
            })
    void aMalformedTimeStaysAHeader(String time) {
        staysAHeaderBesideAttributes(Header.of("ce_time", time));
        staysAHeaderBesideAttributes(Header.of("ce_millracedeliverat", time));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "", "P", "PT99999999999999999999S"})
    void aMalformedLifeStaysAHeader(String life) {
        staysAHeaderBesideAttributes(Header.of(EventRecord.TIME_TO_LIVE, life));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ce_id",
                "ce_source",
                "ce_type",
                "ce_subject",
                "ce_time",
                "ce_dataschema",
                "content-type",
                "ce_other"
            })
    void whatIsNoTextStaysAHeader(String name) {
        staysAHeaderBesideAttributes(new Header(name, NOT_UTF_8));
        staysAHeaderBesideAttributes(new Header(name, null));
    }

    @Test
    void theReplacementCharacterIsATextLikeAnyOther() {
        assertThat(read(VERSION, Header.of("ce_subject", "\uFFFD")).subject()).isEqualTo("\uFFFD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_", "ce_Upper", "ce_under_score", "ce_dash-ed", "ce_\u00e4", "CE_ID"})
    void aNameThatNoExtensionMayHaveStaysAHeader(String name) {
        staysAHeaderBesideAttributes(Header.of(name, "kept"));
    }

    @Test
    void anUnknownAttributeIsAnExtension() {
        Event event = read(VERSION, Header.of("ce_sequence", "17"), Header.of("ce_empty", ""));

        assertThat(event.extensions()).isEqualTo(Map.of("sequence", "17", "empty", ""));
        assertThat(event.headers()).isEmpty();
    }

    @Test
    void theFirstOfTwoAttributesOfOneNameIsMeant() {
        Event event = read(VERSION, Header.of("ce_id", "first"), Header.of("ce_id", "second"));

        assertThat(event.id()).isEqualTo("first");
        assertThat(event.headers()).containsExactly(Header.of("ce_id", "second"));
    }

    @Test
    void aTimeWithAnOffsetIsTheSameInstant() {
        Instant expected = Instant.parse("2024-06-01T10:00:00.25Z");

        assertThat(read(VERSION, Header.of("ce_time", "2024-06-01T12:00:00.25+02:00"))
                        .time())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "time", "specversion", "millracettl", "", "Upper", "a-b"})
    void anExtensionWhoseHeaderWouldSaySomethingElseIsRefused(String name) {
        Event event = Event.builder().extensions(Map.of(name, "x")).build();

        assertThatThrownBy(() -> EventRecord.of("t", event))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal().reason()).isEqualTo(Reason.EVENT_INVALID));
    }

    private static void staysPlain(Header... headers) {
        Event event = read(headers);
        assertThat(event).isEqualTo(Event.builder().headers(List.of(headers)).build());
        assertThat(headersButTheSum(event)).containsExactly(headers);
    }

    /** In the middle of attributes that are well: they are read, it is kept, and writing the event again keeps it. */
    private static void staysAHeaderBesideAttributes(Header header) {
        Event event = read(VERSION, header, Header.of("ce_millracetest", "x"));

        assertThat(event)
                .isEqualTo(Event.builder()
                        .extensions(Map.of("millracetest", "x"))
                        .headers(List.of(header))
                        .build());
        assertThat(throughKafka(event)).isEqualTo(event);
    }

    private static List<Header> headersButTheSum(Event event) {
        List<Header> headers = headersOf(EventRecord.of("t", event));
        int last = headers.size() - 1;
        assertThat(headers.get(last).name()).isEqualTo(EventSum.HEADER);
        return headers.subList(0, last);
    }

    @Test
    void theLastSumCountsAndNoOtherHeaderIsHidden() {
        Event event = Event.builder()
                .key("k")
                .data("d")
                .headers(List.of(Header.of(EventSum.HEADER, "0badf00d"), Header.of("own", "x")))
                .build();
        ProducerRecord<byte[], byte[]> sent = EventRecord.of("t", event);
        sent.headers().add(new RecordHeader("added", new byte[] {1}));

        StoredEvent stored = EventRecord.stored(record(headersOf(sent), sent.key(), sent.value()));

        assertThat(stored.integrity()).isEqualTo(Integrity.SOUND);
        assertThat(stored.event().headers())
                .containsExactly(
                        Header.of(EventSum.HEADER, "0badf00d"),
                        Header.of("own", "x"),
                        new Header("added", Bytes.wrap(new byte[] {1})));
    }

    @Test
    void aRecordThatHasBecomeAnotherOneIsBrokenAndStillReadable() {
        ProducerRecord<byte[], byte[]> sent =
                EventRecord.of("t", Event.builder().id("1").key("k").data("d").build());

        StoredEvent stored = EventRecord.stored(record(headersOf(sent), sent.key(), new byte[] {'x'}));

        assertThat(stored.integrity()).isEqualTo(Integrity.BROKEN);
        assertThat(stored.event())
                .isEqualTo(Event.builder().id("1").key("k").data("x").build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1234567", "123456789", "0badf00g", "0badf0\u00e9"})
    void whatIsNoSumIsAHeaderLikeAnyOther(String value) {
        Header header = Header.of(EventSum.HEADER, value);

        StoredEvent stored = EventRecord.stored(record(List.of(header), null, null));

        assertThat(stored.integrity()).isEqualTo(Integrity.SOUND);
        assertThat(stored.event().headers()).containsExactly(header);
    }

    private static Event read(Header... headers) {
        return EventRecord.stored(record(List.of(headers), null, null)).event();
    }

    private static Event throughKafka(Event event) {
        ProducerRecord<byte[], byte[]> sent = EventRecord.of("t", event);
        StoredEvent stored = EventRecord.stored(record(headersOf(sent), sent.key(), sent.value()));
        assertThat(stored.integrity()).isEqualTo(Integrity.SOUND);
        return stored.event();
    }

    private static List<Header> headersOf(ProducerRecord<byte[], byte[]> record) {
        return List.of(record.headers().toArray()).stream()
                .map(header -> new Header(header.key(), Bytes.wrapNullable(header.value())))
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> record(
            List<Header> headers, byte @Nullable [] key, byte @Nullable [] value) {
        RecordHeaders kafkas = new RecordHeaders();
        headers.forEach(header -> kafkas.add(new RecordHeader(header.name(), array(header.value()))));
        return new ConsumerRecord<>(
                "t",
                0,
                OFFSET,
                TIMESTAMP_MILLIS,
                TimestampType.CREATE_TIME,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                kafkas,
                Optional.empty());
    }

    private static byte @Nullable [] array(@Nullable Bytes bytes) {
        return bytes == null ? null : bytes.array();
    }
}
