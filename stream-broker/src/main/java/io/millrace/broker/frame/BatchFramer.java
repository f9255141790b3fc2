// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Place;
import io.millrace.v1.SubscribeResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Makes batches of one partition: a few bytes of its own before and behind a slice that is shared.
 *
 * <p>A {@code SubscribeResponse} with a batch is {@code tag(batch) length | events… | topic partition previous_offset
 * place credit_bytes}; only the parts around the bar are written for each stream. Immutable.
 */
public final class BatchFramer {
    private static final int BATCH_TAG =
            tag(SubscribeResponse.BATCH_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final int PLACE_TAG = tag(EventBatch.PLACE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

    private final byte[] identity;
    private final byte[] placeIdentity;
    private final ByteString token;

    /**
     * Of one partition.
     *
     * @param topic resource name
     * @param partition number
     * @param token the token of every place in this partition
     */
    public BatchFramer(String topic, int partition, ByteString token) {
        this.identity = EventBatch.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .build()
                .toByteArray();
        this.placeIdentity = Place.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .build()
                .toByteArray();
        this.token = token;
    }

    /** The batch of a slice whose predecessor on this stream ended with {@code previousOffset}. */
    public Frame frame(Slice slice, long previousOffset) {
        byte[] suffix = suffix(slice, previousOffset);
        int batchBytes = slice.lengthBytes() + suffix.length;
        return new BatchFrame(prefix(batchBytes), slice, suffix);
    }

    private static byte[] prefix(int batchBytes) {
        byte[] prefix = new byte
                [CodedOutputStream.computeUInt32SizeNoTag(BATCH_TAG)
                        + CodedOutputStream.computeUInt32SizeNoTag(batchBytes)];
        write(prefix, out -> {
            out.writeUInt32NoTag(BATCH_TAG);
            out.writeUInt32NoTag(batchBytes);
        });
        return prefix;
    }

    private byte[] suffix(Slice slice, long previousOffset) {
        long nextOffset = slice.lastOffset() + 1;
        int placeBytes = placeIdentity.length
                + CodedOutputStream.computeInt64Size(Place.NEXT_OFFSET_FIELD_NUMBER, nextOffset)
                + CodedOutputStream.computeBytesSize(Place.TOKEN_FIELD_NUMBER, token);
        byte[] suffix = new byte
                [identity.length
                        + (previousOffset == 0
                                ? 0
                                : CodedOutputStream.computeInt64Size(
                                        EventBatch.PREVIOUS_OFFSET_FIELD_NUMBER, previousOffset))
                        + CodedOutputStream.computeUInt32SizeNoTag(PLACE_TAG)
                        + CodedOutputStream.computeUInt32SizeNoTag(placeBytes)
                        + placeBytes
                        + CodedOutputStream.computeInt64Size(
                                EventBatch.CREDIT_BYTES_FIELD_NUMBER, slice.lengthBytes())];
        write(suffix, out -> {
            out.writeRawBytes(identity);
            if (previousOffset != 0) {
                out.writeInt64(EventBatch.PREVIOUS_OFFSET_FIELD_NUMBER, previousOffset);
            }
            out.writeUInt32NoTag(PLACE_TAG);
            out.writeUInt32NoTag(placeBytes);
            out.writeRawBytes(placeIdentity);
            out.writeInt64(Place.NEXT_OFFSET_FIELD_NUMBER, nextOffset);
            out.writeBytes(Place.TOKEN_FIELD_NUMBER, token);
            out.writeInt64(EventBatch.CREDIT_BYTES_FIELD_NUMBER, slice.lengthBytes());
        });
        return suffix;
    }

    private static int tag(int field, int wireType) {
        return field << 3 | wireType;
    }

    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    private static void write(byte[] target, Writing writing) {
        CodedOutputStream out = CodedOutputStream.newInstance(target);
        try {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the computed size was too small", e);
        }
        out.checkNoSpaceLeft();
    }

    private static final class BatchFrame extends Frame {
        private final byte[] prefix;
        private final Slice slice;
        private final byte[] suffix;
        private boolean written;

        BatchFrame(byte[] prefix, Slice slice, byte[] suffix) {
            this.prefix = prefix;
            this.slice = slice;
            this.suffix = suffix;
        }

        @Override
        public int sizeBytes() {
            return prefix.length + slice.lengthBytes() + suffix.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            if (written) {
                throw new IllegalStateException("a frame is written once");
            }
            written = true;
            try {
                out.write(prefix);
                slice.writeTo(out);
                out.write(suffix);
            } finally {
                slice.lease().end();
            }
        }
    }
}
