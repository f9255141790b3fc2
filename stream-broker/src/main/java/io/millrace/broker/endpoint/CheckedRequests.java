// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.endpoint;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.wire.StatusCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A service whose methods see only requests that are messages of theirs. Any other bytes are refused with
 * REQUEST_INVALID, and so is a call that ends without the one request that it has to have; a request that is too large
 * is refused with FRAME_TOO_LARGE. What a method says of its end is cut to what any client takes.
 *
 * <p><b>Threads.</b> Those of the calls.
 */
final class CheckedRequests {
    /*
     * Maintainer's note. gRPC parses a request between the transport and the method, where a failure has nobody to go to:
     * it ends the call with UNKNOWN, leaves the exception to the executor, which logs it, and the method is cancelled. So
     * the marshaller answers what it could not read with a value of its own, and the listener behind it refuses.
     */
    /** A character takes up to nine bytes in a header. */
    private static final int MAX_TEXT_CHARS = 700;

    private CheckedRequests() {}

    /**
     * @param maxBytes largest request; the transport must let somewhat more through, for it has no words for a stream that
     *     was answered before
     */
    static ServerServiceDefinition of(ServerServiceDefinition service, int maxBytes) {
        ServiceDescriptor declared = service.getServiceDescriptor();
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(declared.getName()).setSchemaDescriptor(declared.getSchemaDescriptor());
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
            ServerMethodDefinition<?, ?> checked = checked(method, maxBytes);
            descriptor.addMethod(checked.getMethodDescriptor());
            methods.add(checked);
        }
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(definition::addMethod);
        return definition.build();
    }

    private static <Q, R> ServerMethodDefinition<Object, R> checked(ServerMethodDefinition<Q, R> method, int maxBytes) {
        MethodDescriptor<Q, R> declared = method.getMethodDescriptor();
        return ServerMethodDefinition.create(
                declared.toBuilder(
                                new Parser<>(declared.getRequestMarshaller(), maxBytes),
                                declared.getResponseMarshaller())
                        .build(),
                (call, headers) -> begin(method.getServerCallHandler(), new CheckedCall<>(call, declared), headers));
    }

    private static <Q, R> ServerCall.Listener<Object> begin(
            ServerCallHandler<Q, R> handler, CheckedCall<Q, R> call, Metadata headers) {
        return new Listener<>(call, handler.startCall(call, headers));
    }

    /** What a request was that is none. */
    private record Unreadable(Refusal refusal) {
        static Unreadable because(RuntimeException failure) {
            boolean tooLarge = failure instanceof StatusRuntimeException status
                    && status.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
            return tooLarge
                    ? tooLarge("a request that is over the limit once decompressed")
                    : new Unreadable(Refusal.of(Reason.REQUEST_INVALID, "the request is no message of this method"));
        }

        static Unreadable tooLarge(String what) {
            return new Unreadable(Refusal.of(Reason.FRAME_TOO_LARGE, what));
        }
    }

    /** Reads what the method's own marshaller reads, and {@link Unreadable} where that fails. */
    private record Parser<Q>(Marshaller<Q> declared, int maxBytes) implements Marshaller<Object> {
        @Override
        public Object parse(InputStream bytes) {
            try {
                int lengthBytes = bytes instanceof KnownLength ? bytes.available() : 0;
                return lengthBytes > maxBytes
                        ? Unreadable.tooLarge("a request of " + lengthBytes + " bytes is over the limit of " + maxBytes)
                        : declared.parse(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (RuntimeException e) {
                return Unreadable.because(e);
            }
        }

        @Override
        @SuppressWarnings("unchecked") // only a client writes requests, and it has the declared method
        public InputStream stream(Object request) {
            return declared.stream((Q) request);
        }
    }

    /**
     * A call that takes no answer any more once it was refused or has been cancelled: where the transport ends it, for a
     * request over the limit for example, the method must not get ahead of the transport's status with another.
     */
    private static final class CheckedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final MethodDescriptor<Q, R> declared;
        private volatile boolean closed;
        private volatile boolean over;

        @SuppressWarnings("unchecked") // a call only tells what its requests are, which is overridden here
        CheckedCall(ServerCall<Object, R> call, MethodDescriptor<Q, R> declared) {
            super((ServerCall<Q, R>) (ServerCall<?, R>) call);
            this.declared = declared;
        }

        @Override
        public MethodDescriptor<Q, R> getMethodDescriptor() {
            return declared;
        }

        /** True when the method has ended it. */
        boolean isClosed() {
            return closed;
        }

        void cancelled() {
            over = true;
        }

        void refuse(Refusal refusal) {
            over = true;
            StatusRuntimeException answer = StatusCodec.toException(refusal);
            Metadata details = answer.getTrailers();
            super.close(answer.getStatus(), details == null ? new Metadata() : details);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (!over) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public void sendMessage(R message) {
            if (!over) {
                super.sendMessage(message);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!over) {
                closed = true;
                super.close(told(status), trailers);
            }
        }

        /** Longer trailers than 8 KiB would cost a client its connection; a service may repeat what it was sent. */
        private static Status told(Status status) {
            String text = status.getDescription();
            return text == null || text.length() <= MAX_TEXT_CHARS
                    ? status
                    : status.withDescription(text.substring(0, MAX_TEXT_CHARS) + "…");
        }

        @Override
        public boolean isReady() {
            return !over && super.isReady();
        }

        @Override
        public boolean isCancelled() {
            return over || super.isCancelled();
        }
    }

    /** Hands on what can be read. For the method a refused call is one that its client has cancelled. */
    private static final class Listener<Q, R> extends ServerCall.Listener<Object> {
        private final CheckedCall<Q, R> call;
        private final ServerCall.Listener<Q> method;
        private final boolean needsRequest;
        private boolean hasRequest;
        private boolean ended;

        Listener(CheckedCall<Q, R> call, ServerCall.Listener<Q> method) {
            this.call = call;
            this.method = method;
            this.needsRequest = call.getMethodDescriptor().getType().clientSendsOneMessage();
        }

        @Override
        @SuppressWarnings("unchecked") // what is not unreadable was made by the declared marshaller
        public void onMessage(Object request) {
            if (ended) {
                return;
            }
            hasRequest = true;
            if (request instanceof Unreadable unreadable) {
                refuse(unreadable.refusal());
            } else {
                method.onMessage((Q) request);
            }
        }

        @Override
        public void onHalfClose() {
            if (ended) {
                return;
            }
            if (needsRequest && !hasRequest) {
                refuse(Refusal.of(Reason.REQUEST_INVALID, "the call has no request"));
            } else {
                method.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            if (!ended) {
                ended = true;
                call.cancelled();
                method.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!ended) {
                ended = true;
                method.onComplete();
            }
        }

        @Override
        public void onReady() {
            if (!ended) {
                method.onReady();
            }
        }

        private void refuse(Refusal refusal) {
            if (call.isClosed()) {
                return;
            }
            ended = true;
            try {
                call.refuse(refusal);
            } finally {
                method.onCancel();
            }
        }
    }
}
