// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.millrace.v1.SubscribeResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads what {@code Subscribe} answers. Thread-safe. */
final class ServerFrameMarshaller implements Marshaller<ServerFrame> {
    private static final int BATCH = SubscribeResponse.BATCH_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    @Override
    public InputStream stream(ServerFrame frame) {
        throw new UnsupportedOperationException("a client sends no frames of the server");
    }

    @Override
    public ServerFrame parse(InputStream stream) {
        try {
            return parse(bytes(stream));
        } catch (InvalidProtocolBufferException e) {
            throw Status.INTERNAL
                    .withDescription("the server has sent what is no frame of a subscription")
                    .withCause(e)
                    .asRuntimeException();
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a frame could not be read")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    private static ServerFrame parse(byte[] frame) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(frame);
        if (in.readTag() == BATCH && in.readRawVarint32() == frame.length - in.getTotalBytesRead()) {
            return new ServerFrame.Batch(EncodedBatch.scan(frame, in));
        }
        SubscribeResponse message = SubscribeResponse.parseFrom(frame);
        return message.hasBatch()
                ? new ServerFrame.Batch(EncodedBatch.of(message.getBatch()))
                : new ServerFrame.Control(message);
    }

    private static byte[] bytes(InputStream stream) throws IOException {
        if (!(stream instanceof KnownLength)) {
            return stream.readAllBytes();
        }
        byte[] bytes = new byte[stream.available()]; // readNBytes(int) would gather it in parts and copy them once more
        if (stream.readNBytes(bytes, 0, bytes.length) < bytes.length) {
            throw new EOFException("a frame ends before its end");
        }
        return bytes;
    }
}
