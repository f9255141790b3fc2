// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.log.Integrity;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Events as Kafka records, in the binary mode of the CloudEvents Kafka binding 1.0.2: attributes are headers named
 * {@code ce_…} with values in UTF-8, {@code datacontenttype} is the header {@code content-type}, data is the record's
 * value and the key its key. Millrace's own attributes are the extensions {@value #TIME_TO_LIVE} (an ISO 8601 duration)
 * and {@value #DELIVER_AT} (RFC 3339). Every other header stands behind these, verbatim and in order, and behind all of
 * them the {@linkplain EventSum checksum}, which is no part of the event.
 *
 * <p>An event without any attribute is a plain record, but for that checksum, and a record without {@code ce_specversion} 1.0 is an event that
 * has only headers, key and data: what other programs wrote comes through unchanged. A {@code ce_} header that cannot be
 * what its name says (a malformed time, text that is not UTF-8, nothing, a second one of the same name, a name that no
 * extension may have) stays a plain header: a foreign record never stops a reader and loses no byte.
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
    /** What malformed UTF-8 decodes to; a text may have it of its own. */
    private static final char REPLACEMENT = '\uFFFD';

    /** Names that no extension may have, because its header would be that of an attribute. */
    private static final Set<String> TAKEN = Set.of(
            "specversion", "id", "source", "type", "subject", "time", "dataschema", "millracettl", "millracedeliverat");

    private EventRecord() {}

    /**
     * The record of an event, without a partition: Kafka's partitioner chooses. Nothing is copied but text. Errors with
     * EVENT_INVALID where an extension has the name of an attribute, or one that is not of {@code [a-z0-9]}.
     */
    public static ProducerRecord<byte[], byte[]> of(String topic, Event event) {
        return of(topic, event, null);
    }

    /** The same with the time that Kafka stores where the topic has none of its own put on; {@code null} for now. */
    public static ProducerRecord<byte[], byte[]> of(String topic, Event event, @Nullable Long timestampMillis) {
        ProducerRecord<byte[], byte[]> record = withoutSum(topic, event, timestampMillis);
        record.headers().add(EventSum.header(topic, record.key(), record.value()));
        return record;
    }

    private static ProducerRecord<byte[], byte[]> withoutSum(
            String topic, Event event, @Nullable Long timestampMillis) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, timestampMillis, array(event.key()), array(event.data()));
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
            bytes += HEADER_OVERHEAD_BYTES + Utils.utf8Length(header.key()) + length(header.value());
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** The event of a record, at its place, and whether it is the one that was published. */
    public static StoredEvent stored(ConsumerRecord<byte[], byte[]> record) {
        Header sum = EventSum.in(record.headers());
        Event event = event(record.key(), record.value(), record.headers(), sum);
        return new StoredEvent(record.offset(), record.timestamp(), event, integrity(record, sum));
    }

    private static Integrity integrity(ConsumerRecord<byte[], byte[]> record, @Nullable Header sum) {
        return sum == null || EventSum.says(sum, EventSum.of(record.topic(), record.key(), record.value()))
                ? Integrity.SOUND
                : Integrity.BROKEN;
    }

    /**
     * The event that a reader of its record gets. That is the same one, but for events that Kafka's records cannot tell
     * from another: a header with the name of an attribute is read as that attribute.
     */
    public static Event asRead(Event event) {
        if (isReadAsItIs(event)) {
            return event;
        }
        ProducerRecord<byte[], byte[]> record = withoutSum("", event, null);
        return event(record.key(), record.value(), record.headers(), null);
    }

    /** False where it takes a closer look: only rare events are asked for, and all that come back changed. */
    private static boolean isReadAsItIs(Event event) {
        for (io.millrace.core.event.Header header : event.headers()) {
            if (header.name().startsWith(PREFIX) || header.name().equals(CONTENT_TYPE) || !isText(header.name())) {
                return false;
            }
        }
        return isText(event.id())
                && isText(event.source())
                && isText(event.type())
                && isText(event.subject())
                && isText(event.dataContentType())
                && isText(event.dataSchema())
                && event.extensions().size() <= 1 // more of them come back in another order
                && areText(event.extensions())
                && isWithinCalendar(event.time())
                && isWithinCalendar(event.deliverAt());
    }

    /** Without halves of characters, which UTF-8 cannot say. */
    private static boolean isText(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean areText(Map<String, String> extensions) {
        for (String value : extensions.values()) {
            if (!isText(value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWithinCalendar(@Nullable Instant time) {
        return time == null || Rfc3339.isWithinCalendar(time);
    }

    private static Event event(byte @Nullable [] key, byte @Nullable [] value, Headers headers, @Nullable Header sum) {
        Event.Builder event = Event.builder().key(Bytes.wrapNullable(key)).data(Bytes.wrapNullable(value));
        if (isCloudEvent(headers)) {
            return new Reading(event).read(headers, sum);
        }
        List<io.millrace.core.event.Header> plain = new ArrayList<>();
        for (Header header : headers) {
            if (header != sum) {
                plain.add(verbatim(header));
            }
        }
        return event.headers(plain).build();
    }

    private static boolean isCloudEvent(Headers headers) {
        for (Header header : headers) {
            if (header.key().equals(SPEC_VERSION)) {
                return Arrays.equals(header.value(), VERSION_1);
            }
        }
        return false;
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
        addTime(headers, TIME, event.time());
        add(headers, CONTENT_TYPE, event.dataContentType());
        add(headers, DATA_SCHEMA, event.dataSchema());
        add(headers, TIME_TO_LIVE, event.timeToLive());
        addTime(headers, DELIVER_AT, event.deliverAt());
        event.extensions().forEach((name, value) -> {
            requireExtensionName(name);
            headers.add(new RecordHeader(PREFIX + name, utf8(value)));
        });
    }

    private static void add(Headers headers, String name, @Nullable Object value) {
        String text = value == null ? "" : value.toString();
        if (!text.isEmpty()) {
            headers.add(new RecordHeader(name, utf8(text)));
        }
    }

    private static void addTime(Headers headers, String name, @Nullable Instant time) {
        if (time != null) {
            headers.add(new RecordHeader(name, Rfc3339.format(time)));
        }
    }

    private static void requireExtensionName(String name) {
        if (TAKEN.contains(name)) {
            throw Refusal.of(Reason.EVENT_INVALID, "extension '" + name + "' has the name of an attribute")
                    .asException();
        }
        if (!isExtensionName(name)) {
            throw Refusal.of(Reason.EVENT_INVALID, "extension name '" + name + "' is not of [a-z0-9]")
                    .asException();
        }
    }

    /** The rule of CloudEvents 1.0. */
    private static boolean isExtensionName(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    /** The text that these bytes are, or {@code null} where they are no UTF-8. */
    private static @Nullable String text(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean exact = text.indexOf(REPLACEMENT) < 0 || Arrays.equals(utf8(text), bytes);
        return exact ? text : null;
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
        private final List<io.millrace.core.event.Header> others = new ArrayList<>();
        private Map<String, String> extensions = Map.of();
        private int seen;

        Reading(Event.Builder event) {
            this.event = event;
        }

        Event read(Headers headers, @Nullable Header sum) {
            for (Header header : headers) {
                if (header != sum && !isAttribute(header)) {
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
            String value = text(header.value());
            return value != null && take(name, value);
        }

        /**
         * False where the value cannot be what the name says, the name cannot be that of an extension, or it is there
         * already.
         */
        private boolean take(String name, String value) {
            try {
                return switch (name) {
                    case SPEC_VERSION -> isFirst(0);
                    case ID -> isFirst(1) && set(value, event::id);
                    case SOURCE -> isFirst(2) && set(value, event::source);
                    case TYPE -> isFirst(3) && set(value, event::type);
                    case SUBJECT -> isFirst(4) && set(value, event::subject);
                    case TIME -> isFirst(5) && set(Rfc3339.parse(value), event::time);
                    case CONTENT_TYPE -> isFirst(6) && set(value, event::dataContentType);
                    case DATA_SCHEMA -> isFirst(7) && set(value, event::dataSchema);
                    case TIME_TO_LIVE -> isFirst(8) && set(Duration.parse(value), event::timeToLive);
                    case DELIVER_AT -> isFirst(9) && set(Rfc3339.parse(value), event::deliverAt);
                    default -> extension(name.substring(PREFIX.length()), value);
                };
            } catch (DateTimeException e) {
                return false;
            }
        }

        /** Empty text is an absent attribute, so an empty header says nothing that the event could hold. */
        private static <T> boolean set(T value, Consumer<T> attribute) {
            if (value.equals("")) {
                return false;
            }
            attribute.accept(value);
            return true;
        }

        private boolean extension(String name, String value) {
            if (!isExtensionName(name) || extensions.containsKey(name)) {
                return false;
            }
            extensions = extensions.isEmpty() ? new HashMap<>() : extensions;
            extensions.put(name, value);
            return true;
        }

        /** Only the first header of a name is the attribute; attributes are numbered here. */
        private boolean isFirst(int attribute) {
            int bit = 1 << attribute;
            boolean first = (seen & bit) == 0;
            seen |= bit;
            return first;
        }
    }
}
