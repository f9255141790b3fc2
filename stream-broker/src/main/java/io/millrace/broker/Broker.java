// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.millrace.broker.delivery.Subscriptions;
import io.millrace.broker.endpoint.Endpoints;
import io.millrace.broker.ingest.Publishers;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.loop.EventLoops;
import io.millrace.broker.tail.Tails;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.EventLog;
import io.millrace.v1.DrainReason;
import io.millrace.v1.PublisherServiceGrpc;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * A broker: the gRPC services of Millrace over a log. It holds no state that the log does not, so any number of them may
 * serve the same log.
 *
 * <p>{@link Builder#start} serves; {@link #close} asks the streams to move, ends them and stops within ten seconds. The
 * log belongs to the caller and stays open.
 */
public final class Broker implements AutoCloseable {
    /** For clients to move; publishers' streams may last a second and a half longer. */
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(3);

    private static final Duration STREAMS_END_WITHIN = Duration.ofSeconds(5);
    private static final Duration CALLS_END_WITHIN = Duration.ofSeconds(1);

    /** Eight times Netty's own: HTTP/2 hands over as much at a time as fits, and each time costs (decision 0013). */
    private static final WriteBufferWaterMark WRITE_BUFFER = new WriteBufferWaterMark(256 * 1024, 512 * 1024);

    private static final int HTTP2_WINDOW_BYTES = 1024 * 1024;
    private static final int MAX_METADATA_BYTES = 8 * 1024;

    /**
     * A program may leave all the calls of a connection once a second, and open others. One that resets streams faster,
     * as the rapid reset attack (CVE-2023-44487) does many thousand times a second, loses the connection.
     */
    private static final int MAX_RESETS_PER_CALL = 10;

    private static final int RESET_WINDOW_SECONDS = 10;

    private final MemoryLedger ledger;
    private final Transport transport;
    private final Tails tails;
    private final Publishers publishers;
    private final Subscriptions subscriptions;
    private final HealthStatusManager health = new HealthStatusManager();
    private final Disposable logHealth;
    private final Server server;

    private Broker(Builder settings, EventLog log) throws IOException {
        BrokerLimits limits = settings.limits;
        ledger = settings.ledger;
        transport = Transport.ofThreads(settings.eventLoopThreads);
        EventLoops loops = new EventLoops(transport.workers());
        tails = new Tails(log, ledger, limits, transport.workers());
        Overload overload = new Overload(ledger);
        publishers = new Publishers(log, overload, limits, loops, settings.clock);
        subscriptions = new Subscriptions(log, tails, overload, limits, loops, settings.clock);
        List<ServerServiceDefinition> services =
                Endpoints.of(log, tails, publishers, subscriptions, overload, limits, settings.clock);
        server = server(settings, services);
        try {
            server.start();
        } catch (IOException e) {
            transport.close();
            throw e;
        }
        services.forEach(
                service -> health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING));
        logHealth = log.health().states().subscribe(this::tellHealth);
    }

    /** Durable publishing is what a log that is away takes with it; the rest goes on, and says why nothing comes. */
    private void tellHealth(boolean logIsThere) {
        health.setStatus(
                PublisherServiceGrpc.SERVICE_NAME, logIsThere ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** A broker to be set up. */
    public static Builder builder() {
        return new Builder();
    }

    /** The port that it serves. */
    public int port() {
        return server.getPort();
    }

    /** The account of payload memory: zero when nothing is under way and no ring is kept. */
    public MemoryLedger ledger() {
        return ledger;
    }

    /** Open streams, of subscribers and publishers. */
    public int streams() {
        return subscriptions.count() + publishers.count();
    }

    /** Streams that read now. */
    public int subscribers() {
        return subscriptions.count();
    }

    /**
     * Says that it does not serve any more (health), asks every stream to move and refuses new ones, waits up to three
     * seconds for the clients to do so and a little longer for the log's answers to what was taken in, ends those that
     * are left with UNAVAILABLE, and stops. Other calls are answered until the streams have ended. Blocks at most ten
     * seconds.
     */
    @Override
    public void close() {
        logHealth.dispose();
        health.enterTerminalState();
        subscriptions.drain(DrainReason.DRAIN_REASON_SHUTDOWN, CLOSE_GRACE);
        publishers.drain(DrainReason.DRAIN_REASON_SHUTDOWN, CLOSE_GRACE);
        try {
            awaitStreams();
            server.shutdown();
            if (!server.awaitTermination(CALLS_END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(CALLS_END_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        tails.close();
        transport.close();
    }

    /** Streams that do not end, because their clients take nothing, end with the server. */
    private void awaitStreams() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + STREAMS_END_WITHIN.toNanos();
        subscriptions.awaitNone(STREAMS_END_WITHIN);
        publishers.awaitNone(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
    }

    private Server server(Builder settings, List<ServerServiceDefinition> services) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(settings.host, settings.port))
                .bossEventLoopGroup(transport.acceptor())
                .workerEventLoopGroup(transport.workers())
                .channelType(transport.serverChannel())
                .directExecutor()
                .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
                .flowControlWindow(HTTP2_WINDOW_BYTES)
                .maxInboundMessageSize(
                        2 * settings.limits.maxFrameBytes()) // what is over the limit is told so behind it
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(settings.maxCallsPerConnection)
                .maxRstFramesPerWindow(MAX_RESETS_PER_CALL * settings.maxCallsPerConnection, RESET_WINDOW_SECONDS)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(Endpoints.checked(health.getHealthService().bindService(), settings.limits))
                .addService(
                        Endpoints.checked(ProtoReflectionServiceV1.newInstance().bindService(), settings.limits));
        services.forEach(builder::addService);
        return builder.build();
    }

    /** Sets a broker up; every setter returns this builder. */
    public static final class Builder {
        private @Nullable EventLog log;
        private String host = "127.0.0.1";
        private int port = 7450;
        private int eventLoopThreads = Runtime.getRuntime().availableProcessors();
        private int maxCallsPerConnection = 100;
        private BrokerLimits limits = BrokerLimits.defaults();
        private MemoryLedger ledger = MemoryLedger.ofHeapShare();
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /** The log to serve; required. */
        public Builder log(EventLog value) {
            log = value;
            return this;
        }

        /** Address to bind; default loopback. */
        public Builder host(String value) {
            host = value;
            return this;
        }

        /** Port to bind, 0 for any free one; default 7450. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** Event loops; default one per processor. */
        public Builder eventLoopThreads(int value) {
            eventLoopThreads = value;
            return this;
        }

        /** Most calls at once on one connection; default 100. */
        public Builder maxCallsPerConnection(int value) {
            maxCallsPerConnection = value;
            return this;
        }

        /** What streams are allowed. */
        public Builder limits(BrokerLimits value) {
            limits = value;
            return this;
        }

        /** The account of payload memory; default a quarter of the heap. */
        public Builder ledger(MemoryLedger value) {
            ledger = value;
            return this;
        }

        /** Tells the time. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /** Starts to serve. Errors with {@link java.net.BindException} inside when the port is taken. */
        public Broker start() throws IOException {
            return new Broker(this, Objects.requireNonNull(log, "a broker needs a log"));
        }
    }
}
