// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.log.Integrity;
import io.millrace.core.log.StoredEvent;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ReceivedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Frames stored events into pages: each becomes the bytes {@code tag(events) length ReceivedEvent}, so that a run of them
 * is the {@code events} field of an {@code EventBatch}. Equal, byte for byte but for the order of map entries, to what
 * the generated classes write. Not thread-safe: one framer for each writer.
 */
public final class EventFramer {
    private static final int KEY = io.millrace.v1.Header.KEY_FIELD_NUMBER;
    private static final int VALUE = io.millrace.v1.Header.VALUE_FIELD_NUMBER;
    private static final int SECONDS = 1;
    private static final int NANOS = 2;
    private static final long MILLIS_PER_SECOND = 1000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final ThreadLocal<EventFramer> OF_THREAD = ThreadLocal.withInitial(EventFramer::new);

    private final ReverseWriter out = new ReverseWriter();

    /** The framer of the calling thread: one buffer a thread, however many partitions it writes. */
    public static EventFramer ofThisThread() {
        return OF_THREAD.get();
    }

    /**
     * Frames one event; the bytes are in {@link #buffer} from {@link #start} until the next call. Answers how many they
     * are: none for an event that is withheld.
     */
    public int frame(StoredEvent stored) {
        out.clear();
        if (stored.isWithheld()) {
            return 0;
        }
        out.number(ReceivedEvent.CHECKSUM_FAILED_FIELD_NUMBER, stored.integrity() == Integrity.BROKEN ? 1 : 0);
        timestamp(
                ReceivedEvent.RECORD_TIME_FIELD_NUMBER,
                Math.floorDiv(stored.recordTimeMillis(), MILLIS_PER_SECOND),
                Math.floorMod(stored.recordTimeMillis(), MILLIS_PER_SECOND) * NANOS_PER_MILLI);
        out.number(ReceivedEvent.OFFSET_FIELD_NUMBER, stored.offset());
        int before = out.written();
        event(stored.event());
        out.delimited(ReceivedEvent.EVENT_FIELD_NUMBER, out.written() - before);
        out.delimited(EventBatch.EVENTS_FIELD_NUMBER, out.written());
        return out.written();
    }

    /** Holds the framed event. */
    public byte[] buffer() {
        return out.buffer();
    }

    /** Where in {@link #buffer} it begins. */
    public int start() {
        return out.start();
    }

    private void event(Event event) {
        headers(event.headers());
        instant(io.millrace.v1.Event.DELIVER_AT_FIELD_NUMBER, event.deliverAt());
        duration(io.millrace.v1.Event.TIME_TO_LIVE_FIELD_NUMBER, event.timeToLive());
        bytes(io.millrace.v1.Event.DATA_FIELD_NUMBER, event.data());
        bytes(io.millrace.v1.Event.KEY_FIELD_NUMBER, event.key());
        extensions(event.extensions());
        out.text(io.millrace.v1.Event.DATA_SCHEMA_FIELD_NUMBER, event.dataSchema());
        out.text(io.millrace.v1.Event.DATA_CONTENT_TYPE_FIELD_NUMBER, event.dataContentType());
        instant(io.millrace.v1.Event.TIME_FIELD_NUMBER, event.time());
        out.text(io.millrace.v1.Event.SUBJECT_FIELD_NUMBER, event.subject());
        out.text(io.millrace.v1.Event.TYPE_FIELD_NUMBER, event.type());
        out.text(io.millrace.v1.Event.SOURCE_FIELD_NUMBER, event.source());
        out.text(io.millrace.v1.Event.ID_FIELD_NUMBER, event.id());
    }

    private void headers(List<Header> headers) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            Header header = headers.get(i);
            int before = out.written();
            bytes(VALUE, header.value());
            out.text(KEY, header.name());
            out.delimited(io.millrace.v1.Event.HEADERS_FIELD_NUMBER, out.written() - before);
        }
    }

    private void extensions(Map<String, String> extensions) {
        for (Map.Entry<String, String> extension : extensions.entrySet()) {
            int before = out.written();
            out.presentText(VALUE, extension.getValue());
            out.presentText(KEY, extension.getKey());
            out.delimited(io.millrace.v1.Event.EXTENSIONS_FIELD_NUMBER, out.written() - before);
        }
    }

    private void bytes(int field, @Nullable Bytes value) {
        if (value != null) {
            out.presentBytes(field, value);
        }
    }

    private void instant(int field, @Nullable Instant time) {
        if (time != null) {
            timestamp(field, time.getEpochSecond(), time.getNano());
        }
    }

    private void duration(int field, @Nullable Duration duration) {
        if (duration != null) {
            timestamp(field, duration.getSeconds(), duration.getNano());
        }
    }

    private void timestamp(int field, long seconds, long nanos) {
        int before = out.written();
        out.number(NANOS, nanos);
        out.number(SECONDS, seconds);
        out.delimited(field, out.written() - before);
    }
}
