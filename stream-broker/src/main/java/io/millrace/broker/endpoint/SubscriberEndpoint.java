// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.endpoint;

import com.salesforce.reactorgrpc.stub.ServerCalls;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.delivery.HistoryReader;
import io.millrace.broker.delivery.Subscriptions;
import io.millrace.broker.frame.Frame;
import io.millrace.broker.frame.FrameMarshaller;
import io.millrace.v1.CommitCursorRequest;
import io.millrace.v1.CommitCursorResponse;
import io.millrace.v1.ConsumeRequest;
import io.millrace.v1.ConsumeResponse;
import io.millrace.v1.ReactorSubscriberServiceGrpc;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadResponse;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.v1.TailRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * SubscriberService. Subscribe and Tail answer with {@link Frame}s, which are bytes already, under the same method names
 * and schema as the generated methods; clients cannot tell.
 */
final class SubscriberEndpoint extends ReactorSubscriberServiceGrpc.SubscriberServiceImplBase {
    private static final int READY_BELOW_BYTES = 16 * 1024;

    private final Subscriptions subscriptions;
    private final HistoryReader history;

    SubscriberEndpoint(Subscriptions subscriptions, HistoryReader history) {
        this.subscriptions = subscriptions;
        this.history = history;
    }

    /** The generated service with its two streams of frames in place of the generated methods. */
    ServerServiceDefinition service() {
        Map<MethodDescriptor<?, ?>, ServerCallHandler<?, ?>> methods = new LinkedHashMap<>();
        MethodDescriptor<SubscribeRequest, Frame> subscribe =
                framed(SubscriberServiceGrpc.getSubscribeMethod(), FrameMarshaller.bare());
        MethodDescriptor<TailRequest, Frame> tail =
                framed(SubscriberServiceGrpc.getTailMethod(), FrameMarshaller.inTailResponse());
        ServerServiceDefinition generated = bindService();
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(SubscriberServiceGrpc.SERVICE_NAME)
                .setSchemaDescriptor(generated.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(subscribe)
                .addMethod(tail);
        generated.getMethods().stream()
                .filter(method -> !isFramed(method.getMethodDescriptor()))
                .forEach(method -> {
                    descriptor.addMethod(method.getMethodDescriptor());
                    methods.put(method.getMethodDescriptor(), method.getServerCallHandler());
                });
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build())
                .addMethod(
                        subscribe,
                        io.grpc.stub.ServerCalls.asyncBidiStreamingCall(responses -> ServerCalls.manyToMany(
                                oneBatchAhead(responses),
                                subscriptions::subscribe,
                                Errors::toStatus,
                                CallOptions.DEFAULT)))
                .addMethod(
                        tail,
                        io.grpc.stub.ServerCalls.asyncServerStreamingCall((request, responses) -> ServerCalls.oneToMany(
                                request, oneBatchAhead(responses), this::frames, Errors::toStatus)));
        methods.forEach((method, handler) -> add(service, method, handler));
        return service.build();
    }

    @Override
    public Mono<ReadResponse> read(Mono<ReadRequest> request) {
        return request.flatMap(history::read);
    }

    @Override
    public Flux<ConsumeResponse> consume(Flux<ConsumeRequest> requests) {
        return Errors.<ConsumeResponse>notSupported("Consume").flux();
    }

    @Override
    public Mono<CommitCursorResponse> commitCursor(Mono<CommitCursorRequest> request) {
        return Errors.notSupported("CommitCursor");
    }

    @Override
    protected Throwable onErrorMap(Throwable failure) {
        return Errors.toStatus(failure);
    }

    /** Tail is Subscribe without credit, and without an end of the client's frames. */
    private Flux<Frame> frames(TailRequest request) {
        return subscriptions.subscribe(Flux.just(opening(request)).concatWith(Mono.never()));
    }

    /** So that a stream whose client does not read holds one batch in gRPC's buffer and not two. */
    private static StreamObserver<Frame> oneBatchAhead(StreamObserver<Frame> responses) {
        ((ServerCallStreamObserver<Frame>) responses).setOnReadyThreshold(READY_BELOW_BYTES);
        return responses;
    }

    private static SubscribeRequest opening(TailRequest request) {
        return SubscribeRequest.newBuilder()
                .setOpen(SubscribeOpen.newBuilder().setSpec(request.getSpec()).setClientName(request.getClientName()))
                .build();
    }

    private static <Q> MethodDescriptor<Q, Frame> framed(MethodDescriptor<Q, ?> method, FrameMarshaller marshaller) {
        return method.toBuilder(method.getRequestMarshaller(), marshaller).build();
    }

    private static boolean isFramed(MethodDescriptor<?, ?> method) {
        return method.equals(SubscriberServiceGrpc.getSubscribeMethod())
                || method.equals(SubscriberServiceGrpc.getTailMethod());
    }

    @SuppressWarnings("unchecked") // a method and its handler come from the same definition
    private static <Q, R> void add(
            ServerServiceDefinition.Builder service, MethodDescriptor<?, ?> method, ServerCallHandler<?, ?> handler) {
        service.addMethod((MethodDescriptor<Q, R>) method, (ServerCallHandler<Q, R>) handler);
    }
}
