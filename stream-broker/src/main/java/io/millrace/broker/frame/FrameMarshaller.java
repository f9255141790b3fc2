// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.TailResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Hands frames to gRPC as they are: their bytes are drained straight into its buffer, one copy and no encoding. A
 * client reads them as {@link SubscribeResponse} or {@link TailResponse}.
 */
public final class FrameMarshaller implements Marshaller<Frame> {
    private final boolean wrapped;

    private FrameMarshaller(boolean wrapped) {
        this.wrapped = wrapped;
    }

    /** Frames as {@link SubscribeResponse}. */
    public static FrameMarshaller bare() {
        return new FrameMarshaller(false);
    }

    /** Frames inside {@link TailResponse}. */
    public static FrameMarshaller inTailResponse() {
        return new FrameMarshaller(true);
    }

    @Override
    public InputStream stream(Frame frame) {
        return new FrameStream(wrapped ? new WrappedFrame(frame) : frame);
    }

    @Override
    public Frame parse(InputStream stream) {
        try {
            return new ControlFrame(
                    wrapped ? TailResponse.parseFrom(stream).getResponse() : SubscribeResponse.parseFrom(stream));
        } catch (IOException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("no frame of a subscription")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    /** The one field of {@link TailResponse} around a frame. */
    private static final class WrappedFrame extends Frame {
        private static final int TAG = TailResponse.RESPONSE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        private final Frame frame;
        private final int frameBytes;

        WrappedFrame(Frame frame) {
            this.frame = frame;
            this.frameBytes = frame.sizeBytes();
        }

        @Override
        public int sizeBytes() {
            return CodedOutputStream.computeUInt32SizeNoTag(TAG)
                    + CodedOutputStream.computeUInt32SizeNoTag(frameBytes)
                    + frameBytes;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            CodedOutputStream header = CodedOutputStream.newInstance(out, CodedOutputStream.DEFAULT_BUFFER_SIZE);
            header.writeUInt32NoTag(TAG);
            header.writeUInt32NoTag(frameBytes);
            header.flush();
            frame.writeTo(out);
        }
    }

    /** The frame's bytes: gRPC drains them; others, such as the in-process transport, read them. */
    private static final class FrameStream extends InputStream implements KnownLength, Drainable {
        private @Nullable Frame frame;
        private InputStream copy = InputStream.nullInputStream();

        FrameStream(Frame frame) {
            this.frame = frame;
        }

        @Override
        public int available() throws IOException {
            return frame != null ? frame.sizeBytes() : copy.available();
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            if (frame == null) {
                return (int) copy.transferTo(target);
            }
            int drainedBytes = frame.sizeBytes();
            frame.writeTo(target);
            frame = null;
            return drainedBytes;
        }

        @Override
        public int read() throws IOException {
            return copied().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return copied().read(target, offset, length);
        }

        private InputStream copied() throws IOException {
            if (frame != null) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(frame.sizeBytes());
                frame.writeTo(bytes);
                copy = new ByteArrayInputStream(bytes.toByteArray());
                frame = null;
            }
            return copy;
        }
    }
}
