// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.v1.PublishOpen;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublisherServiceGrpc;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.v1.TopicServiceGrpc;
import io.millrace.wire.StatusCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes that are no message of the method, on every method that there is. The fixture checks that nothing is left. */
class UnreadableRequestTest {
    private static final byte[] CUT_OFF = {10, 100, 'x'};
    private static final int OVER_THE_LIMIT_BYTES = 2 * 1024 * 1024 + 1;
    private static final byte[] NO_UTF8 = {10, 1, (byte) 0xFF};

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    /** All but one, which is refused before its first frame. */
    static Stream<String> methods() {
        return services()
                .flatMap(service -> service.getMethods().stream())
                .filter(method -> !method.equals(SubscriberServiceGrpc.getConsumeMethod()))
                .map(MethodDescriptor::getFullMethodName);
    }

    static Stream<String> methodsOfOneRequest() {
        return services()
                .flatMap(service -> service.getMethods().stream())
                .filter(method -> method.getType().clientSendsOneMessage())
                .map(MethodDescriptor::getFullMethodName);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void bytesThatAreNoMessageAreRefused(String method) {
        RawCall call = new RawCall(method).send(CUT_OFF).halfClose();

        assertThat(call.refusal().reason()).isEqualTo(Reason.REQUEST_INVALID);
    }

    @ParameterizedTest
    @MethodSource("methodsOfOneRequest")
    void aCallWithoutItsRequestIsRefused(String method) {
        RawCall call = new RawCall(method).halfClose();

        assertThat(call.refusal().message()).contains("no request");
    }

    @Test
    void aTextThatIsNoUtf8IsRefused() {
        RawCall call =
                new RawCall("millrace.v1.TopicService/GetTopic").send(NO_UTF8).halfClose();

        assertThat(call.refusal().reason()).isEqualTo(Reason.REQUEST_INVALID);
    }

    @Test
    void aFrameInTheMiddleOfAStreamThatIsNoMessageEndsTheStream() throws InterruptedException {
        RawCall call = publishing().send(CUT_OFF);

        assertThat(call.refusal().reason()).isEqualTo(Reason.REQUEST_INVALID);
    }

    @Test
    void aFrameInTheMiddleOfAStreamThatIsOverTheLimitIsCalledSo() throws InterruptedException {
        RawCall call = publishing().send(new byte[OVER_THE_LIMIT_BYTES]);

        assertThat(call.refusal().reason()).isEqualTo(Reason.FRAME_TOO_LARGE);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aRequestOverTheLimitIsCalledSo(String method) {
        RawCall call = new RawCall(method).send(new byte[OVER_THE_LIMIT_BYTES]).halfClose();

        assertThat(call.refusal().reason()).isEqualTo(Reason.FRAME_TOO_LARGE);
    }

    @Test
    void whatAServiceRepeatsOfItsRequestFitsIntoTheTrailersThatAnyClientTakes() {
        RawCall call = new RawCall("grpc.health.v1.Health/Check")
                .send(HealthCheckRequest.newBuilder()
                        .setService("語".repeat(50_000))
                        .build()
                        .toByteArray())
                .halfClose();

        assertThat(call.failure().getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    /** A stream that has its first answer. */
    private RawCall publishing() throws InterruptedException {
        RawCall call = new RawCall("millrace.v1.PublisherService/PublishStream")
                .send(PublishStreamRequest.newBuilder()
                        .setOpen(PublishOpen.newBuilder().setTopic(BrokerFixture.TOPIC.value()))
                        .build()
                        .toByteArray());
        assertThat(call.answered.await(BrokerFixture.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();
        return call;
    }

    private static Stream<ServiceDescriptor> services() {
        return Stream.of(
                PublisherServiceGrpc.getServiceDescriptor(),
                SubscriberServiceGrpc.getServiceDescriptor(),
                TopicServiceGrpc.getServiceDescriptor(),
                HealthGrpc.getServiceDescriptor(),
                ServerReflectionGrpc.getServiceDescriptor());
    }

    /** A call of which every byte is ours. */
    private final class RawCall extends ClientCall.Listener<byte[]> {
        private final CompletableFuture<StatusRuntimeException> end = new CompletableFuture<>();
        private final CountDownLatch answered = new CountDownLatch(1);
        private final ClientCall<byte[], byte[]> call;

        RawCall(String method) {
            call = broker.channel()
                    .newCall(
                            MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                                    .setFullMethodName(method)
                                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                                    .build(),
                            CallOptions.DEFAULT);
            call.start(this, new Metadata());
            call.request(Integer.MAX_VALUE);
        }

        RawCall send(byte[] message) {
            call.sendMessage(message);
            return this;
        }

        RawCall halfClose() {
            call.halfClose();
            return this;
        }

        StatusRuntimeException failure() {
            return end.orTimeout(BrokerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }

        Refusal refusal() {
            StatusRuntimeException failure = failure();
            Optional<Refusal> refusal = StatusCodec.toRefusal(failure);
            assertThat(refusal).as(failure.getStatus().toString()).isPresent();
            return refusal.orElseThrow();
        }

        @Override
        public void onMessage(byte[] message) {
            answered.countDown();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end.complete(status.asRuntimeException(trailers));
        }
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
