// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.millrace.v1.PublisherServiceGrpc.PublisherServiceImplBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A real gRPC server whose frames a test writes itself, so that it can break every rule. */
final class ScriptedServer implements AutoCloseable {
    private final BlockingQueue<ScriptedCall> calls = new LinkedBlockingQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Server server;

    private ScriptedServer() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Service())
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        connections.incrementAndGet();
                        return attributes;
                    }
                })
                .build()
                .start();
    }

    static ScriptedServer start() throws IOException {
        return new ScriptedServer();
    }

    int port() {
        return server.getPort();
    }

    String endpoint() {
        return "127.0.0.1:" + port();
    }

    /** How many connections there have been. */
    int connections() {
        return connections.get();
    }

    /** The next call that a client opens; its open frame has come. */
    ScriptedCall nextCall() throws InterruptedException {
        ScriptedCall call = calls.poll(20, TimeUnit.SECONDS);
        assertThat(call).as("a call of a client").isNotNull();
        return call;
    }

    boolean hasNoFurtherCall() {
        return calls.isEmpty();
    }

    @Override
    public void close() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    private final class Service extends PublisherServiceImplBase {
        @Override
        public StreamObserver<PublishStreamRequest> publishStream(StreamObserver<PublishStreamResponse> responses) {
            ScriptedCall call = new ScriptedCall((ServerCallStreamObserver<PublishStreamResponse>) responses);
            return new StreamObserver<>() {
                @Override
                public void onNext(PublishStreamRequest frame) {
                    if (frame.hasOpen()) {
                        call.received(frame.getOpen());
                        calls.add(call);
                    } else {
                        call.received(frame.getBatch());
                    }
                }

                @Override
                public void onError(Throwable cause) {
                    call.ended();
                }

                @Override
                public void onCompleted() {
                    call.halfClosed();
                }
            };
        }
    }
}
