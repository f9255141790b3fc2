// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads events from the bytes of {@code millrace.v1.Event} without making the messages in between. What it answers is
 * equal to what {@link EventCodec#toEvent} makes of the parsed message; of an embedded message that stands twice the last
 * counts, where a parser would merge them, which no writer makes use of.
 *
 * <p>Source, type, the time of the record and the like are mostly those of the event before, and then they are the same
 * objects. Not thread-safe; one reader for each stream of events.
 */
public final class EventReader {
    private static final int DELIMITED = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int VARINT = WireFormat.WIRETYPE_VARINT;
    private static final ExtensionRegistryLite NO_EXTENSIONS = ExtensionRegistryLite.getEmptyRegistry();

    private static final int ID = io.millrace.v1.Event.ID_FIELD_NUMBER << 3 | DELIMITED;
    private static final int SOURCE = io.millrace.v1.Event.SOURCE_FIELD_NUMBER << 3 | DELIMITED;
    private static final int TYPE = io.millrace.v1.Event.TYPE_FIELD_NUMBER << 3 | DELIMITED;
    private static final int SUBJECT = io.millrace.v1.Event.SUBJECT_FIELD_NUMBER << 3 | DELIMITED;
    private static final int TIME = io.millrace.v1.Event.TIME_FIELD_NUMBER << 3 | DELIMITED;
    private static final int CONTENT_TYPE = io.millrace.v1.Event.DATA_CONTENT_TYPE_FIELD_NUMBER << 3 | DELIMITED;
    private static final int SCHEMA = io.millrace.v1.Event.DATA_SCHEMA_FIELD_NUMBER << 3 | DELIMITED;
    private static final int EXTENSION = io.millrace.v1.Event.EXTENSIONS_FIELD_NUMBER << 3 | DELIMITED;
    private static final int KEY = io.millrace.v1.Event.KEY_FIELD_NUMBER << 3 | DELIMITED;
    private static final int DATA = io.millrace.v1.Event.DATA_FIELD_NUMBER << 3 | DELIMITED;
    private static final int TIME_TO_LIVE = io.millrace.v1.Event.TIME_TO_LIVE_FIELD_NUMBER << 3 | DELIMITED;
    private static final int DELIVER_AT = io.millrace.v1.Event.DELIVER_AT_FIELD_NUMBER << 3 | DELIMITED;
    private static final int HEADER = io.millrace.v1.Event.HEADERS_FIELD_NUMBER << 3 | DELIMITED;
    private static final int SECONDS = Timestamp.SECONDS_FIELD_NUMBER << 3 | VARINT;
    private static final int NANOS = Timestamp.NANOS_FIELD_NUMBER << 3 | VARINT;
    private static final char REPLACEMENT = '\uFFFD';
    private static final int ENTRY_KEY = 1 << 3 | DELIMITED;
    private static final int ENTRY_VALUE = 2 << 3 | DELIMITED;

    private final Repeated<String> source = new Repeated<>(EventReader::readText);
    private final Repeated<String> type = new Repeated<>(EventReader::readText);
    private final Repeated<String> subject = new Repeated<>(EventReader::readText);
    private final Repeated<String> contentType = new Repeated<>(EventReader::readText);
    private final Repeated<String> schema = new Repeated<>(EventReader::readText);
    private final Repeated<Instant> recordTime =
            new Repeated<>((in, array) -> readTimeField(in, EventCodec.RECORD_TIME));

    /**
     * Reads a field that is an event: its length and then its bytes.
     *
     * @param in stands before the length
     * @param array what {@code in} reads, from its first byte on
     * @throws InvalidProtocolBufferException when the bytes are no event
     * @throws io.millrace.core.refusal.RefusedException with EVENT_INVALID when a time or duration is outside of its range
     */
    public Event readField(CodedInputStream in, byte[] array) throws IOException {
        Event.Builder event = Event.builder();
        Map<String, String> extensions = Map.of();
        List<Header> headers = List.of();
        int end = readEnd(in);
        while (in.getTotalBytesRead() < end) {
            int tag = in.readTag();
            switch (tag) {
                case ID -> event.id(readText(in, array));
                case SOURCE -> event.source(source.read(in, array));
                case TYPE -> event.type(type.read(in, array));
                case SUBJECT -> event.subject(subject.read(in, array));
                case CONTENT_TYPE -> event.dataContentType(contentType.read(in, array));
                case SCHEMA -> event.dataSchema(schema.read(in, array));
                case TIME -> event.time(readTimeField(in, "time"));
                case KEY -> event.key(Bytes.wrap(in.readByteArray()));
                case DATA -> event.data(Bytes.wrap(in.readByteArray()));
                case EXTENSION -> {
                    extensions = extensions.isEmpty() ? new LinkedHashMap<>() : extensions;
                    readExtension(in, array, extensions);
                }
                case HEADER -> {
                    headers = headers.isEmpty() ? new ArrayList<>() : headers;
                    headers.add(EventCodec.toHeader(in.readMessage(io.millrace.v1.Header.parser(), NO_EXTENSIONS)));
                }
                case TIME_TO_LIVE ->
                    event.timeToLive(EventCodec.toDuration(
                            in.readMessage(Duration.parser(), NO_EXTENSIONS), EventCodec.TIME_TO_LIVE));
                case DELIVER_AT -> event.deliverAt(readTimeField(in, EventCodec.DELIVER_AT));
                default -> skip(in, tag);
            }
        }
        requireAt(end, in);
        return event.extensions(extensions).headers(headers).build();
    }

    /**
     * Reads the time of a record, a {@code google.protobuf.Timestamp}: its length and then its bytes.
     *
     * @param in stands before the length
     * @param array what {@code in} reads, from its first byte on
     * @throws InvalidProtocolBufferException when the bytes are no timestamp
     * @throws io.millrace.core.refusal.RefusedException with EVENT_INVALID outside of the years 1 to 9999
     */
    public Instant readRecordTimeField(CodedInputStream in, byte[] array) throws IOException {
        return recordTime.read(in, array);
    }

    private static Instant readTimeField(CodedInputStream in, String field) throws IOException {
        long seconds = 0;
        int nanos = 0;
        int end = readEnd(in);
        while (in.getTotalBytesRead() < end) {
            int tag = in.readTag();
            switch (tag) {
                case SECONDS -> seconds = in.readInt64();
                case NANOS -> nanos = in.readInt32();
                default -> skip(in, tag);
            }
        }
        requireAt(end, in);
        return EventCodec.toInstant(seconds, nanos, field);
    }

    /**
     * Reads the length of a field; answers where the field ends, by {@link CodedInputStream#getTotalBytesRead}. Whoever
     * reads a message up to there asks {@link #requireAt} in the end. A limit of the stream's own would do the same, but
     * shortly before a limit the stream reads numbers the slow way.
     */
    public static int readEnd(CodedInputStream in) throws IOException {
        int length = in.readRawVarint32();
        int end = in.getTotalBytesRead() + length;
        if (length < 0 || end < 0) {
            throw new InvalidProtocolBufferException("a length of " + length);
        }
        return end;
    }

    /** Errors unless the last field has ended where the message does. */
    public static void requireAt(int end, CodedInputStream in) throws IOException {
        if (in.getTotalBytesRead() != end) {
            throw new InvalidProtocolBufferException("a field is longer than the message that it is a part of");
        }
    }

    /** Goes past a field that is not known here. */
    public static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group ends that has not begun");
        }
    }

    private static void readExtension(CodedInputStream in, byte[] array, Map<String, String> extensions)
            throws IOException {
        String key = "";
        String value = "";
        int end = readEnd(in);
        while (in.getTotalBytesRead() < end) {
            int tag = in.readTag();
            switch (tag) {
                case ENTRY_KEY -> key = readText(in, array);
                case ENTRY_VALUE -> value = readText(in, array);
                default -> skip(in, tag);
            }
        }
        requireAt(end, in);
        extensions.put(key, value);
    }

    /** Text is mostly ASCII, which the JDK decodes at once; in what it had to replace something, UTF-8 is looked for. */
    private static String readText(CodedInputStream in, byte[] array) throws IOException {
        int length = in.readRawVarint32();
        int from = in.getTotalBytesRead();
        in.skipRawBytes(length);
        String text = new String(array, from, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0 && !isUtf8(array, from, length)) {
            throw new InvalidProtocolBufferException("a text is not UTF-8");
        }
        return text;
    }

    private static boolean isUtf8(byte[] array, int from, int length) {
        return UnsafeByteOperations.unsafeWrap(array, from, length).isValidUtf8();
    }

    /** How a field is read: its length and then its bytes. */
    private interface Field<T> {
        T read(CodedInputStream in, byte[] array) throws IOException;
    }

    /** A field that is often the same again: it remembers what was read last and how that was written. */
    private static final class Repeated<T> {
        private static final int MAX_REMEMBERED_BYTES = 256;
        private final Field<T> field;
        private byte @Nullable [] written;
        private @Nullable T value;

        Repeated(Field<T> field) {
            this.field = field;
        }

        T read(CodedInputStream in, byte[] array) throws IOException {
            int from = in.getTotalBytesRead();
            byte[] last = written;
            T same = value;
            if (last != null && same != null && isAt(array, from, last)) {
                in.skipRawBytes(last.length);
                return same;
            }
            T read = field.read(in, array);
            int to = in.getTotalBytesRead();
            written = to - from <= MAX_REMEMBERED_BYTES ? Arrays.copyOfRange(array, from, to) : null;
            value = read;
            return read;
        }

        private static boolean isAt(byte[] array, int from, byte[] sought) {
            int to = from + sought.length;
            return to <= array.length && Arrays.equals(array, from, to, sought, 0, sought.length);
        }
    }
}
