// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One fact, in the envelope of CloudEvents 1.0: the context attributes in flat form, a key, a payload and Kafka's other
 * headers. Immutable.
 *
 * <p>Text attributes are empty where they are absent, so a plain Kafka record, which has none of them, is an event too.
 * Key, data, time, life and delivery time are {@code null} where they are absent: an absent key and an empty one differ,
 * and absent data with a key is a deletion marker (tombstone).
 *
 * @param id CloudEvents {@code id}
 * @param source CloudEvents {@code source}, a URI reference
 * @param type CloudEvents {@code type}
 * @param subject CloudEvents {@code subject}
 * @param time when the fact happened; never the time of the Kafka record
 * @param dataContentType CloudEvents {@code datacontenttype}
 * @param dataSchema CloudEvents {@code dataschema}
 * @param extensions CloudEvents extension attributes
 * @param key Kafka record key; events of one key keep their order
 * @param data the payload
 * @param timeToLive how long after publication the event is worth delivering
 * @param deliverAt earliest time of delivery
 * @param headers every other Kafka header, in order
 */
public record Event(
        String id,
        String source,
        String type,
        String subject,
        @Nullable Instant time,
        String dataContentType,
        String dataSchema,
        Map<String, String> extensions,
        @Nullable Bytes key,
        @Nullable Bytes data,
        @Nullable Duration timeToLive,
        @Nullable Instant deliverAt,
        List<Header> headers) {

    /** Copies the collections, which costs nothing when they are immutable already. */
    public Event {
        extensions = Map.copyOf(extensions);
        headers = List.copyOf(headers);
    }

    /** An event with nothing set. */
    public static Builder builder() {
        return new Builder();
    }

    /** An event of this payload alone. */
    public static Event of(Bytes data) {
        return builder().data(data).build();
    }

    /** A builder that begins as this event. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** True for a deletion marker: a key without data. */
    public boolean isTombstone() {
        return key != null && data == null;
    }

    /**
     * About how many bytes the event is: key, data, headers and attributes, a character counting as one byte. For
     * bounds and accounts, not for limits that must be exact.
     */
    public int approximateBytes() {
        long bytes = length(key) + length(data);
        bytes += id.length() + source.length() + type.length() + subject.length();
        bytes += dataContentType.length() + dataSchema.length();
        for (Map.Entry<String, String> extension : extensions.entrySet()) {
            bytes += extension.getKey().length() + extension.getValue().length();
        }
        for (Header header : headers) {
            bytes += header.name().length() + length(header.value());
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    private static long length(@Nullable Bytes bytes) {
        return bytes == null ? 0 : bytes.length();
    }

    /** Builds an {@link Event}; every setter returns this builder. Not thread-safe. */
    public static final class Builder {
        private String id = "";
        private String source = "";
        private String type = "";
        private String subject = "";
        private @Nullable Instant time;
        private String dataContentType = "";
        private String dataSchema = "";
        private Map<String, String> extensions = Map.of();
        private @Nullable Bytes key;
        private @Nullable Bytes data;
        private @Nullable Duration timeToLive;
        private @Nullable Instant deliverAt;
        private List<Header> headers = List.of();

        private Builder() {}

        private Builder(Event event) {
            id = event.id;
            source = event.source;
            type = event.type;
            subject = event.subject;
            time = event.time;
            dataContentType = event.dataContentType;
            dataSchema = event.dataSchema;
            extensions = event.extensions;
            key = event.key;
            data = event.data;
            timeToLive = event.timeToLive;
            deliverAt = event.deliverAt;
            headers = event.headers;
        }

        /** CloudEvents {@code id}; assigned on publication when empty. */
        public Builder id(String value) {
            id = Objects.requireNonNull(value);
            return this;
        }

        /** CloudEvents {@code source}. */
        public Builder source(String value) {
            source = Objects.requireNonNull(value);
            return this;
        }

        /** CloudEvents {@code type}. */
        public Builder type(String value) {
            type = Objects.requireNonNull(value);
            return this;
        }

        /** CloudEvents {@code subject}. */
        public Builder subject(String value) {
            subject = Objects.requireNonNull(value);
            return this;
        }

        /** When the fact happened. */
        public Builder time(@Nullable Instant value) {
            time = value;
            return this;
        }

        /** CloudEvents {@code datacontenttype}, for example {@code application/json}. */
        public Builder dataContentType(String value) {
            dataContentType = Objects.requireNonNull(value);
            return this;
        }

        /** CloudEvents {@code dataschema}. */
        public Builder dataSchema(String value) {
            dataSchema = Objects.requireNonNull(value);
            return this;
        }

        /** All extension attributes. */
        public Builder extensions(Map<String, String> value) {
            extensions = Objects.requireNonNull(value);
            return this;
        }

        /** Record key; {@code null} for none. */
        public Builder key(@Nullable Bytes value) {
            key = value;
            return this;
        }

        /** Record key as text. */
        public Builder key(String value) {
            return key(Bytes.utf8(value));
        }

        /** Payload; {@code null} for none. */
        public Builder data(@Nullable Bytes value) {
            data = value;
            return this;
        }

        /** Payload as text. */
        public Builder data(String value) {
            return data(Bytes.utf8(value));
        }

        /** How long after publication the event is worth delivering. */
        public Builder timeToLive(@Nullable Duration value) {
            timeToLive = value;
            return this;
        }

        /** Earliest time of delivery. */
        public Builder deliverAt(@Nullable Instant value) {
            deliverAt = value;
            return this;
        }

        /** Every other Kafka header, in order. */
        public Builder headers(List<Header> value) {
            headers = Objects.requireNonNull(value);
            return this;
        }

        /** The event. */
        public Event build() {
            return new Event(
                    id,
                    source,
                    type,
                    subject,
                    time,
                    dataContentType,
                    dataSchema,
                    extensions,
                    key,
                    data,
                    timeToLive,
                    deliverAt,
                    headers);
        }
    }
}
