// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Place;
import io.millrace.v1.ReceivedEvent;
import io.millrace.wire.EventReader;
import java.io.IOException;
import java.util.Arrays;

/**
 * The bytes of an {@link EventBatch}, with its own fields and the offsets of its events read. The events themselves are
 * read by {@link BatchEvents} when the user takes them, so what waits is as large as it was on the wire, and an event
 * is made where it is used. Immutable once it is scanned.
 */
final class EncodedBatch {
    private static final int DELIMITED = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int VARINT = WireFormat.WIRETYPE_VARINT;
    private static final int EVENT = EventBatch.EVENTS_FIELD_NUMBER << 3 | DELIMITED;
    private static final int TOPIC = EventBatch.TOPIC_FIELD_NUMBER << 3 | DELIMITED;
    private static final int PARTITION = EventBatch.PARTITION_FIELD_NUMBER << 3 | VARINT;
    private static final int PREVIOUS_OFFSET = EventBatch.PREVIOUS_OFFSET_FIELD_NUMBER << 3 | VARINT;
    private static final int PLACE = EventBatch.PLACE_FIELD_NUMBER << 3 | DELIMITED;
    private static final int CREDIT_BYTES = EventBatch.CREDIT_BYTES_FIELD_NUMBER << 3 | VARINT;
    private static final int OFFSET = ReceivedEvent.OFFSET_FIELD_NUMBER << 3 | VARINT;
    private static final int FEW_EVENTS = 16;

    private final byte[] bytes;
    private String topic = "";
    private int partition;
    private long previousOffset;
    private Place place = Place.getDefaultInstance();
    private long creditBytes;

    /** Where each event begins, which is at its length, and its offset. */
    private int[] starts = new int[FEW_EVENTS];

    private long[] offsets = new long[FEW_EVENTS];
    private int size;

    private EncodedBatch(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The batch of a parsed message. */
    static EncodedBatch of(EventBatch message) throws IOException {
        byte[] bytes = message.toByteArray();
        return scan(bytes, CodedInputStream.newInstance(bytes));
    }

    /**
     * The batch that fills the rest of an array, which nobody writes to any more.
     *
     * @param in reads {@code bytes} from their first on, and stands where the batch begins
     */
    static EncodedBatch scan(byte[] bytes, CodedInputStream in) throws IOException {
        EncodedBatch batch = new EncodedBatch(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case EVENT -> batch.add(in.getTotalBytesRead(), offsetOf(in));
                case TOPIC -> batch.topic = in.readStringRequireUtf8();
                case PARTITION -> batch.partition = in.readInt32();
                case PREVIOUS_OFFSET -> batch.previousOffset = in.readInt64();
                case PLACE -> batch.place = in.readMessage(Place.parser(), ExtensionRegistryLite.getEmptyRegistry());
                case CREDIT_BYTES -> batch.creditBytes = in.readInt64();
                default -> EventReader.skip(in, tag);
            }
        }
        return batch;
    }

    private static long offsetOf(CodedInputStream in) throws IOException {
        long offset = 0;
        int end = EventReader.readEnd(in);
        while (in.getTotalBytesRead() < end) {
            int tag = in.readTag();
            if (tag == OFFSET) {
                offset = in.readInt64();
            } else {
                EventReader.skip(in, tag);
            }
        }
        EventReader.requireAt(end, in);
        return offset;
    }

    private void add(int start, long offset) {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
        }
        starts[size] = start;
        offsets[size++] = offset;
    }

    /** Resource name of the topic. */
    String topic() {
        return topic;
    }

    int partition() {
        return partition;
    }

    /** See {@link EventBatch#getPreviousOffset}. */
    long previousOffset() {
        return previousOffset;
    }

    /** Where to go on behind it. */
    Place place() {
        return place;
    }

    /** What it has cost. */
    long creditBytes() {
        return creditBytes;
    }

    /** How many events it has. */
    int size() {
        return size;
    }

    /** The offset of an event. */
    long offset(int index) {
        return offsets[index];
    }

    /** Where in {@link #bytes} an event has its length, with its message behind. */
    int start(int index) {
        return starts[index];
    }

    /** The array that the batch stands in, read only. */
    byte[] bytes() {
        return bytes;
    }
}
