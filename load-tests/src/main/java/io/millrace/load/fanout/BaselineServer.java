// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import com.google.protobuf.Empty;
import com.salesforce.reactorgrpc.stub.ServerCalls;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import io.millrace.load.sample.SampleEvents;
import io.millrace.v1.Event;
import io.millrace.v1.ReceivedEvent;
import io.millrace.wire.EventCodec;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;
import reactor.util.concurrent.Queues;

/**
 * What one would write first: a multicast sink whose Flux is the response of a reactor-grpc method, one event a message.
 *
 * <p>The message is a bare {@link ReceivedEvent}, smaller than the same event in a batch of one. The sink takes what
 * {@code tryEmitNext} accepts and is asked again a moment later when a subscriber's buffer is full, so nothing is lost
 * and all go at the pace of the slowest.
 */
final class BaselineServer implements FanOutServer {
    private static final String SERVICE = "millrace.load.Baseline";

    /** The only method. */
    static final MethodDescriptor<Empty, ReceivedEvent> EVENTS = MethodDescriptor.<Empty, ReceivedEvent>newBuilder()
            .setType(MethodType.SERVER_STREAMING)
            .setFullMethodName(SERVICE + "/Events")
            .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(ReceivedEvent.getDefaultInstance()))
            .build();

    /** Short beside what a full buffer takes to drain, long enough that waiting costs next to nothing. */
    private static final long RETRY_NANOS = 20_000;

    private final List<Event> events;
    private final EventLoopGroup acceptor = Transports.loops("baseline-accept", 1);
    private final EventLoopGroup workers =
            Transports.loops("baseline-loop", Runtime.getRuntime().availableProcessors());

    /** The default buffer; kept open while nobody subscribes. */
    private final Sinks.Many<ReceivedEvent> sink =
            Sinks.many().multicast().onBackpressureBuffer(Queues.SMALL_BUFFER_SIZE, false);

    private final Server server;
    private long next;

    BaselineServer() throws IOException {
        events = new SampleEvents()
                .different().stream().map(EventCodec::toMessage).toList();
        server = Transports.server(acceptor, workers)
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(EVENTS, io.grpc.stub.ServerCalls.asyncServerStreamingCall(this::serve))
                        .build())
                .build()
                .start();
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public int subscribers() {
        return sink.currentSubscriberCount();
    }

    @Override
    public void makeUntil(long offset) {
        for (; next < offset; next++) {
            emit(received(next));
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        Transports.close(acceptor);
        Transports.close(workers);
    }

    private void serve(Empty request, StreamObserver<ReceivedEvent> responses) {
        ServerCalls.oneToMany(request, responses, ignored -> sink.asFlux(), ServerCalls::prepareError);
    }

    private void emit(ReceivedEvent event) {
        for (EmitResult result = sink.tryEmitNext(event); result.isFailure(); result = sink.tryEmitNext(event)) {
            if (result != EmitResult.FAIL_OVERFLOW) {
                throw new IllegalStateException("the sink answered " + result);
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    private ReceivedEvent received(long offset) {
        return ReceivedEvent.newBuilder()
                .setEvent(events.get((int) (offset % events.size())))
                .setOffset(offset)
                .setRecordTime(EventCodec.toMessage(Instant.now().truncatedTo(ChronoUnit.MILLIS)))
                .build();
    }
}
