// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.wire.EventReader;
import java.io.IOException;
import java.time.Instant;

/** The events of one batch that have not come before, each made when it is asked for. Not thread-safe. */
final class BatchEvents {
    private static final int EVENT =
            io.millrace.v1.ReceivedEvent.EVENT_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int RECORD_TIME =
            io.millrace.v1.ReceivedEvent.RECORD_TIME_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int CHECKSUM_FAILED =
            io.millrace.v1.ReceivedEvent.CHECKSUM_FAILED_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;
    private static final Event EMPTY = Event.builder().build();

    private final Arrival.Batch arrival;
    private final EncodedBatch batch;
    private final Standing before;
    private final EventReader reader;
    private final CodedInputStream in;
    private int next;

    /**
     * @param arrival the batch
     * @param before where the whole subscription stands before it
     * @param reader of this subscription's events
     */
    BatchEvents(Arrival.Batch arrival, Standing before, EventReader reader) {
        this.arrival = arrival;
        this.batch = arrival.batch();
        this.before = before;
        this.reader = reader;
        this.in = CodedInputStream.newInstance(batch.bytes());
        this.next = arrival.firstNew();
    }

    /** What it was made of. */
    Arrival.Batch arrival() {
        return arrival;
    }

    /** How many are left. */
    int left() {
        return batch.size() - next;
    }

    /** The next one, of which there must be one. Errors with EVENT_INVALID when its bytes are no event. */
    ReceivedEvent next() {
        long offset = batch.offset(next);
        try {
            in.skipRawBytes(batch.start(next++) - in.getTotalBytesRead());
            return read(offset);
        } catch (IOException e) {
            throw Refusal.of(Reason.EVENT_INVALID, "the bytes at offset " + offset + " are no event: " + e.getMessage())
                    .asException();
        }
    }

    private ReceivedEvent read(long offset) throws IOException {
        Event event = EMPTY;
        Instant recordTime = Instant.EPOCH;
        boolean checksumFailed = false;
        int end = EventReader.readEnd(in);
        while (in.getTotalBytesRead() < end) {
            int tag = in.readTag();
            switch (tag) {
                case EVENT -> event = reader.readField(in, batch.bytes());
                case RECORD_TIME -> recordTime = reader.readRecordTimeField(in, batch.bytes());
                case CHECKSUM_FAILED -> checksumFailed = in.readBool();
                default -> EventReader.skip(in, tag);
            }
        }
        EventReader.requireAt(end, in);
        return new ReceivedEvent(event, offset, recordTime, checksumFailed, arrival.after(), before);
    }
}
