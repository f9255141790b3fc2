// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Turns events into {@code millrace.v1.Event} messages and back. What goes in comes out equal. */
public final class EventCodec {
    /** The years 1 to 9999, the range of {@code google.protobuf.Timestamp}. */
    private static final long MIN_SECONDS = -62_135_596_800L;

    private static final long MAX_SECONDS = 253_402_300_799L;
    private static final int MAX_NANOS = 999_999_999;

    static final String TIME_TO_LIVE = "time_to_live";
    static final String DELIVER_AT = "deliver_at";
    static final String RECORD_TIME = "record_time";

    private EventCodec() {}

    /** The message of an event. Payloads are not copied. */
    public static io.millrace.v1.Event toMessage(Event event) {
        io.millrace.v1.Event.Builder message = io.millrace.v1.Event.newBuilder()
                .setId(event.id())
                .setSource(event.source())
                .setType(event.type())
                .setSubject(event.subject())
                .setDataContentType(event.dataContentType())
                .setDataSchema(event.dataSchema())
                .putAllExtensions(event.extensions());
        if (event.time() != null) {
            message.setTime(toMessage(event.time()));
        }
        if (event.key() != null) {
            message.setKey(toMessage(event.key()));
        }
        if (event.data() != null) {
            message.setData(toMessage(event.data()));
        }
        if (event.timeToLive() != null) {
            message.setTimeToLive(toMessage(event.timeToLive()));
        }
        if (event.deliverAt() != null) {
            message.setDeliverAt(toMessage(event.deliverAt()));
        }
        for (Header header : event.headers()) {
            message.addHeaders(toMessage(header));
        }
        return message.build();
    }

    /**
     * The event of a message. Errors with EVENT_INVALID when a time or duration is outside of its range.
     */
    public static Event toEvent(io.millrace.v1.Event message) {
        Event.Builder event = Event.builder()
                .id(message.getId())
                .source(message.getSource())
                .type(message.getType())
                .subject(message.getSubject())
                .dataContentType(message.getDataContentType())
                .dataSchema(message.getDataSchema());
        if (message.getExtensionsCount() > 0) {
            event.extensions(message.getExtensionsMap());
        }
        if (message.hasTime()) {
            event.time(toInstant(message.getTime(), "time"));
        }
        if (message.hasKey()) {
            event.key(toBytes(message.getKey()));
        }
        if (message.hasData()) {
            event.data(toBytes(message.getData()));
        }
        if (message.hasTimeToLive()) {
            event.timeToLive(toDuration(message.getTimeToLive(), TIME_TO_LIVE));
        }
        if (message.hasDeliverAt()) {
            event.deliverAt(toInstant(message.getDeliverAt(), DELIVER_AT));
        }
        if (message.getHeadersCount() > 0) {
            event.headers(toHeaders(message.getHeadersList()));
        }
        return event.build();
    }

    /** The message of a time. */
    public static Timestamp toMessage(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    /** The message of a duration. */
    public static Duration toMessage(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /** The time of a message. Errors with EVENT_INVALID, naming the field, outside of the years 1 to 9999. */
    public static Instant toInstant(Timestamp message, String field) {
        return toInstant(message.getSeconds(), message.getNanos(), field);
    }

    static Instant toInstant(long seconds, int nanos, String field) {
        if (seconds < MIN_SECONDS || seconds > MAX_SECONDS || nanos < 0 || nanos > MAX_NANOS) {
            throw invalid(field + " is not a time within the years 1 to 9999");
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }

    /** The duration of a message. Errors with EVENT_INVALID, naming the field, when it cannot be one. */
    public static java.time.Duration toDuration(Duration message, String field) {
        try {
            return java.time.Duration.ofSeconds(message.getSeconds(), message.getNanos());
        } catch (DateTimeException | ArithmeticException e) {
            throw invalid(field + " is not a duration");
        }
    }

    private static RefusedException invalid(String message) {
        return Refusal.of(Reason.EVENT_INVALID, message).asException();
    }

    private static io.millrace.v1.Header toMessage(Header header) {
        io.millrace.v1.Header.Builder message =
                io.millrace.v1.Header.newBuilder().setKey(header.name());
        if (header.value() != null) {
            message.setValue(toMessage(header.value()));
        }
        return message.build();
    }

    private static List<Header> toHeaders(List<io.millrace.v1.Header> messages) {
        List<Header> headers = new ArrayList<>(messages.size());
        for (io.millrace.v1.Header message : messages) {
            headers.add(toHeader(message));
        }
        return headers;
    }

    static Header toHeader(io.millrace.v1.Header message) {
        return new Header(message.getKey(), message.hasValue() ? toBytes(message.getValue()) : null);
    }

    private static ByteString toMessage(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.array());
    }

    private static Bytes toBytes(ByteString bytes) {
        return Bytes.wrap(WholeArray.of(bytes));
    }
}
