// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import com.google.protobuf.CodedInputStream;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber that throws events away: it walks over the fields of a message to count its events and to check that
 * each has the next offset, and makes no object of any. Demand is what HTTP/2 flow control gives.
 *
 * <p>One event loop receives; the counts may be read from any thread.
 */
abstract class Subscriber {
    private byte[] message = new byte[64 * 1024];
    private long next;
    private volatile Progress progress;
    private volatile @Nullable String fault;
    private volatile boolean cancelled;
    private @Nullable ClientCall<?, ?> call;

    Subscriber(long from) {
        next = from;
        progress = new Progress(from, 0);
    }

    /** Calls the server. */
    abstract void open(Channel channel);

    /** Reads one message and tells {@link #arrived} of its events. */
    abstract void read(CodedInputStream in) throws IOException;

    /** True once the server is known to leave nothing out from now on. */
    abstract boolean isOpened();

    /** The offset that comes next, as the receiving event loop knows it. */
    final long next() {
        return next;
    }

    /** How far it has got: both counts as they were after the same message. */
    final Progress progress() {
        return progress;
    }

    /** What went wrong first, or {@code null}. */
    final @Nullable String fault() {
        return fault;
    }

    /** Ends the call. */
    final void cancel() {
        cancelled = true;
        if (call != null) {
            call.cancel("enough", null);
        }
    }

    /** Events of this number, the last one before {@code to}; a fault where that is not what comes next. */
    final void arrived(long from, long to) {
        if (from != next || to <= from) {
            fail("expected the event at " + next + ", got those of [" + from + ", " + to + ")");
        }
        next = to;
    }

    final void fail(String what) {
        if (fault == null && !cancelled) {
            fault = what;
        }
    }

    /** Starts a call and asks for every message. */
    final <Q> void call(Channel channel, MethodDescriptor<Q, ?> method, Q request, boolean halfClose) {
        ClientCall<Q, Subscriber> started = channel.newCall(
                method.toBuilder(method.getRequestMarshaller(), new Reading()).build(), CallOptions.DEFAULT);
        call = started;
        started.start(new Listening(), new Metadata());
        started.request(Integer.MAX_VALUE);
        started.sendMessage(request);
        if (halfClose) {
            started.halfClose();
        }
    }

    /**
     * Where a subscriber is.
     *
     * @param received the offset behind the last event received
     * @param messages messages received
     */
    record Progress(long received, long messages) {
        Progress plus(Progress other) {
            return new Progress(received + other.received, messages + other.messages);
        }
    }

    /** Takes a message apart where gRPC would have parsed it. */
    private final class Reading implements Marshaller<Subscriber> {
        @Override
        public InputStream stream(Subscriber value) {
            throw new UnsupportedOperationException("a subscriber is not sent");
        }

        @Override
        public Subscriber parse(InputStream stream) {
            try {
                int lengthBytes = stream.available();
                if (lengthBytes > message.length) {
                    message = new byte[lengthBytes];
                }
                int readBytes = stream.readNBytes(message, 0, lengthBytes);
                read(CodedInputStream.newInstance(message, 0, readBytes));
                progress = new Progress(next, progress.messages + 1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Subscriber.this;
        }
    }

    private final class Listening extends ClientCall.Listener<Subscriber> {
        @Override
        public void onClose(Status status, Metadata trailers) {
            fail("the server ended the call: " + status);
        }
    }
}
