// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import com.google.protobuf.Descriptors;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.millrace.v1.PublisherServiceGrpc;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.v1.TopicServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A method of the broker, to be called with any bytes.
 *
 * @param method how it is called
 * @param request what its requests should be
 */
record Rpc(MethodDescriptor<byte[], byte[]> method, Descriptors.Descriptor request) {
    private static final Marshaller<byte[]> BYTES = new Bytes();

    /** Every method of every service that a broker has, as their descriptors tell. */
    static List<Rpc> all() {
        return Stream.of(
                        PublisherServiceGrpc.getServiceDescriptor(),
                        SubscriberServiceGrpc.getServiceDescriptor(),
                        TopicServiceGrpc.getServiceDescriptor(),
                        HealthGrpc.getServiceDescriptor(),
                        ServerReflectionGrpc.getServiceDescriptor())
                .map(ServiceDescriptor::getMethods)
                .flatMap(methods -> methods.stream().map(Rpc::of))
                .toList();
    }

    String name() {
        return method.getFullMethodName();
    }

    /** True when the client may send any number of requests. */
    boolean takesStream() {
        return !method.getType().clientSendsOneMessage();
    }

    /** True when the call may rightly stay open. */
    boolean mayStayOpen() {
        return method.getType() != MethodDescriptor.MethodType.UNARY;
    }

    private static Rpc of(MethodDescriptor<?, ?> method) {
        ProtoMethodDescriptorSupplier schema =
                (ProtoMethodDescriptorSupplier) Objects.requireNonNull(method.getSchemaDescriptor());
        return new Rpc(
                method.toBuilder(BYTES, BYTES).build(),
                schema.getMethodDescriptor().getInputType());
    }

    private static final class Bytes implements Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
