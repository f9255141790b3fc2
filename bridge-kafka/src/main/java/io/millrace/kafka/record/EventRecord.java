// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Events as Kafka records, in the binary mode of the CloudEvents Kafka binding 1.0.2: attributes are headers named
 * {@code ce_…} with values in UTF-8, {@code datacontenttype} is the header {@code content-type}, data is the record's
 * value and the key its key. Millrace's own attributes are the extensions {@value #TIME_TO_LIVE} (an ISO 8601 duration)
 * and {@value #DELIVER_AT} (RFC 3339). Every other header stands behind these, verbatim and in order.
 *
 * <p>An event without any attribute is a plain record, and a record without {@code ce_specversion} is an event that has
 * only headers, key and data: what other programs wrote comes through unchanged. A {@code ce_} header that cannot be
 * what its name says (a malformed time, a null, a second one of the same name) stays a plain header: a foreign record
 * never stops a reader.
 */
public final class EventRecord {
    /** Header of {@link Event#timeToLive()}. */
    public static final String TIME_TO_LIVE = "ce_millracettl";

    /** Header of {@link Event#deliverAt()}. */
    public static final String DELIVER_AT = "ce_millracedeliverat";

    private static final String PREFIX = "ce_";
    private static final String SPEC_VERSION = "ce_specversion";
    private static final String ID = "ce_id";
    private static final String SOURCE = "ce_source";
    private static final String TYPE = "ce_type";
    private static final String SUBJECT = "ce_subject";
    private static final String TIME = "ce_time";
    private static final String DATA_SCHEMA = "ce_dataschema";
    private static final String CONTENT_TYPE = "content-type";
    private static final byte[] VERSION_1 = utf8("1.0");
    /** Upper bounds of Kafka's record format 2. */
    private static final int BATCH_OVERHEAD_BYTES = 61;

    private static final int RECORD_OVERHEAD_BYTES = 36;
    private static final int HEADER_OVERHEAD_BYTES = 10;
    private static final char REPLACEMENT = '\uFFFD';

    /** Names that no extension may have, because its header would be that of an attribute. */
    private static final Set<String> TAKEN = Set.of(
            "specversion", "id", "source", "type", "subject", "time", "dataschema", "millracettl", "millracedeliverat");

    private EventRecord() {}

    /**
     * The record of an event, without a partition: Kafka's partitioner chooses. Nothing is copied but text. Errors with
     * EVENT_INVALID where an extension has the name of an attribute.
     */
    public static ProducerRecord<byte[], byte[]> of(String topic, Event event) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, null, array(event.key()), array(event.data()));
        if (!isPlain(event)) {
            addAttributes(record.headers(), event);
        }
        for (io.millrace.core.event.Header header : event.headers()) {
            record.headers().add(new RecordHeader(header.name(), array(header.value())));
        }
        return record;
    }

    /** At most how large a Kafka batch of this record alone is. */
    public static int batchBytes(ProducerRecord<byte[], byte[]> record) {
        long bytes = BATCH_OVERHEAD_BYTES + RECORD_OVERHEAD_BYTES + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += HEADER_OVERHEAD_BYTES + utf8(header.key()).length + length(header.value());
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** The event of a record, at its place. */
    public static StoredEvent stored(ConsumerRecord<byte[], byte[]> record) {
        return new StoredEvent(record.offset(), record.timestamp(), event(record));
    }

    private static Event event(ConsumerRecord<byte[], byte[]> record) {
        Event.Builder event =
                Event.builder().key(Bytes.wrapNullable(record.key())).data(Bytes.wrapNullable(record.value()));
        Headers headers = record.headers();
        if (headers.lastHeader(SPEC_VERSION) != null) {
            return new Reading(event).read(headers);
        }
        List<io.millrace.core.event.Header> plain = new ArrayList<>();
        headers.forEach(header -> plain.add(verbatim(header)));
        return event.headers(plain).build();
    }

    private static boolean isPlain(Event event) {
        return event.id().isEmpty()
                && event.source().isEmpty()
                && event.type().isEmpty()
                && event.subject().isEmpty()
                && event.time() == null
                && event.dataContentType().isEmpty()
                && event.dataSchema().isEmpty()
                && event.extensions().isEmpty()
                && event.timeToLive() == null
                && event.deliverAt() == null;
    }

    private static void addAttributes(Headers headers, Event event) {
        headers.add(new RecordHeader(SPEC_VERSION, VERSION_1));
        add(headers, ID, event.id());
        add(headers, SOURCE, event.source());
        add(headers, TYPE, event.type());
        add(headers, SUBJECT, event.subject());
        add(headers, TIME, event.time());
        add(headers, CONTENT_TYPE, event.dataContentType());
        add(headers, DATA_SCHEMA, event.dataSchema());
        add(headers, TIME_TO_LIVE, event.timeToLive());
        add(headers, DELIVER_AT, event.deliverAt());
        event.extensions().forEach((name, value) -> {
            refuseTaken(name);
            headers.add(new RecordHeader(PREFIX + name, utf8(value)));
        });
    }

    private static void add(Headers headers, String name, @Nullable Object value) {
        String text = value == null ? "" : value.toString();
        if (!text.isEmpty()) {
            headers.add(new RecordHeader(name, utf8(text)));
        }
    }

    private static void refuseTaken(String extension) {
        if (TAKEN.contains(extension)) {
            throw Refusal.of(Reason.EVENT_INVALID, "extension '" + extension + "' has the name of an attribute")
                    .asException();
        }
    }

    private static io.millrace.core.event.Header verbatim(Header header) {
        return new io.millrace.core.event.Header(header.key(), Bytes.wrapNullable(header.value()));
    }

    private static byte @Nullable [] array(@Nullable Bytes bytes) {
        return bytes == null ? null : bytes.array();
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The headers of one record on their way into an event. */
    private static final class Reading {
        private final Event.Builder event;
        private final Map<String, String> extensions = new HashMap<>();
        private final List<io.millrace.core.event.Header> others = new ArrayList<>();
        private final Map<String, String> seen = new HashMap<>();

        Reading(Event.Builder event) {
            this.event = event;
        }

        Event read(Headers headers) {
            for (Header header : headers) {
                if (!isAttribute(header)) {
                    others.add(verbatim(header));
                }
            }
            return event.extensions(extensions).headers(others).build();
        }

        private boolean isAttribute(Header header) {
            String name = header.key();
            if (header.value() == null || !(name.startsWith(PREFIX) || name.equals(CONTENT_TYPE))) {
                return false;
            }
            String value = new String(header.value(), StandardCharsets.UTF_8);
            return value.indexOf(REPLACEMENT) < 0 && seen.putIfAbsent(name, value) == null && take(name, value);
        }

        /** False where the value cannot be what the name says. */
        private boolean take(String name, String value) {
            try {
                switch (name) {
                    case SPEC_VERSION -> {}
                    case ID -> event.id(value);
                    case SOURCE -> event.source(value);
                    case TYPE -> event.type(value);
                    case SUBJECT -> event.subject(value);
                    case TIME -> event.time(instant(value));
                    case CONTENT_TYPE -> event.dataContentType(value);
                    case DATA_SCHEMA -> event.dataSchema(value);
                    case TIME_TO_LIVE -> event.timeToLive(Duration.parse(value));
                    case DELIVER_AT -> event.deliverAt(instant(value));
                    default -> extensions.put(name.substring(PREFIX.length()), value);
                }
                return true;
            } catch (DateTimeException e) {
                return false;
            }
        }

        private static Instant instant(String rfc3339) {
            return OffsetDateTime.parse(rfc3339).toInstant();
        }
    }
}
