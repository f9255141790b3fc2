// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.millrace.core.refusal.Reason;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A connection to one Millrace server or several equal ones: what producers, consumers and {@link Topics} are made
 * with. Share one in a program; it connects when it is first used.
 *
 * <p><b>Endpoints.</b> All calls go to the first endpoint until it fails, then to the next, round and round. Plaintext.
 *
 * <p><b>Threads.</b> Safe from any thread; nothing blocks. What a user sees is signalled on the scheduler of
 * {@link Builder#deliverOn}, never on a network thread, so a user who blocks there delays nobody else's stream.
 *
 * <p><b>Errors.</b> Every error is a {@link MillraceException}.
 */
public final class MillraceConnection implements AutoCloseable {
    private final Links links;
    private final Backoff backoff;
    private final Duration openTimeout;
    private final Scheduler deliverOn;
    private final ConnectionListener listener;
    private final Topics topics;

    private MillraceConnection(Builder builder) {
        links = new Links(builder.endpoints, builder::channel);
        backoff = builder.backoff;
        openTimeout = builder.openTimeout;
        deliverOn = builder.deliverOn;
        listener = builder.listener;
        topics = new Topics(this, builder.callTimeout);
    }

    /** A builder for {@code "a:7450,b:7450"}; see {@link Endpoint#parse} for the forms of one. */
    public static Builder builder(String endpoints) {
        return new Builder(Endpoint.parseAll(endpoints));
    }

    /** A connection with the defaults. */
    public static MillraceConnection to(String endpoints) {
        return builder(endpoints).build();
    }

    /** The endpoints, in the order in which they are tried. */
    public List<Endpoint> endpoints() {
        return links.endpoints();
    }

    /** Administration of topics. */
    public Topics topics() {
        return topics;
    }

    /**
     * Completes when an endpoint accepts a connection; tries all of them, over and over, until {@code timeout}, then
     * errors with SERVER_UNREACHABLE. Nothing needs this before its first call; it is for programs that want to know.
     */
    public Mono<Void> ready(Duration timeout) {
        return tryUntilConnected(1)
                .timeout(timeout, Mono.error(() -> unreachable(timeout)))
                .publishOn(deliverOn);
    }

    /** The waits between tries. */
    public Backoff backoff() {
        return backoff;
    }

    /** How long a stream may take to open before it is tried again. */
    public Duration openTimeout() {
        return openTimeout;
    }

    /** Where users are signalled. */
    public Scheduler deliverOn() {
        return deliverOn;
    }

    /** Told about retries. */
    public ConnectionListener listener() {
        return listener;
    }

    /** The link for the next call. For makers of stubs. */
    public Link link() {
        return links.take();
    }

    /** Begins to connect the link for the next call, so that the call need not wait for it. For makers of stubs. */
    public void connectAhead() {
        links.connectAhead();
    }

    /** Reports a failure on a link, so that the next call may take another endpoint. For makers of stubs. */
    public void failed(Link link, MillraceException cause) {
        links.failed(link, cause);
    }

    /**
     * Makes a unary call, at the next endpoint where one cannot be reached, each endpoint once. For makers of stubs.
     *
     * @param call makes the call on a link; subscribed once for each endpoint tried
     */
    public <T> Mono<T> unary(Function<Link, Mono<T>> call) {
        return Mono.defer(() -> unary(call, links.endpoints().size())).publishOn(deliverOn);
    }

    /** Ends every call at once. Drain producers before. */
    @Override
    public void close() {
        links.close();
    }

    private <T> Mono<T> unary(Function<Link, Mono<T>> call, int endpointsLeft) {
        Link link = link();
        return call.apply(link)
                .onErrorMap(failure -> MillraceException.from(failure, link.endpoint()))
                .onErrorResume(MillraceException.class, failure -> {
                    failed(link, failure);
                    return failure.is(Reason.SERVER_UNREACHABLE) && endpointsLeft > 1
                            ? unary(call, endpointsLeft - 1)
                            : Mono.error(failure);
                });
    }

    private Mono<Void> tryUntilConnected(int tries) {
        return Mono.defer(() -> {
            Link link = link();
            return connected(link).onErrorResume(MillraceException.class, failure -> {
                failed(link, failure);
                return pauseAfter(tries).then(tryUntilConnected(tries + 1));
            });
        });
    }

    /** Every endpoint is tried once before the first pause. */
    private Mono<Long> pauseAfter(int tries) {
        int rounds = tries / links.endpoints().size();
        return tries % links.endpoints().size() == 0 ? Mono.delay(backoff.delay(rounds)) : Mono.just(0L);
    }

    private static Mono<Void> connected(Link link) {
        return Mono.create(sink -> awaitState(link, (ManagedChannel) link.channel(), sink));
    }

    private static void awaitState(Link link, ManagedChannel channel, MonoSink<Void> sink) {
        ConnectivityState state = channel.getState(true);
        switch (state) {
            case READY -> sink.success();
            case TRANSIENT_FAILURE, SHUTDOWN ->
                sink.error(MillraceException.of(Reason.SERVER_UNREACHABLE, "nothing answers at " + link.endpoint()));
            default -> channel.notifyWhenStateChanged(state, () -> awaitState(link, channel, sink));
        }
    }

    private MillraceException unreachable(Duration timeout) {
        String where = String.join(
                ", ", links.endpoints().stream().map(Endpoint::toString).toList());
        return MillraceException.of(
                        Reason.SERVER_UNREACHABLE,
                        "nothing answered at " + where + " within " + timeout.toMillis() + " ms")
                .withMetadata("endpoint", where);
    }

    /** Options of a connection; every setter returns this builder. Not thread-safe. */
    public static final class Builder {
        /** HTTP/2 window of a connection and of each of its streams. */
        private static final int FLOW_WINDOW_BYTES = 1 << 20;

        /** Largest message taken from a server: an event batch of one largest event, with room. */
        private static final int MAX_MESSAGE_BYTES = 4 << 20;

        private static final Duration KEEPALIVE_INTERVAL = Duration.ofSeconds(30);
        private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(10);

        private final List<Endpoint> endpoints;
        private Backoff backoff = Backoff.DEFAULT;
        private Duration callTimeout = Duration.ofSeconds(30);
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration openTimeout = Duration.ofSeconds(10);
        private Scheduler deliverOn = Schedulers.boundedElastic();
        private ConnectionListener listener = ConnectionListener.NONE;

        private Builder(List<Endpoint> endpoints) {
            this.endpoints = endpoints;
        }

        /** Waits between tries. Default: 100 ms to 10 s, jittered, without end. */
        public Builder backoff(Backoff value) {
            backoff = Objects.requireNonNull(value);
            return this;
        }

        /** Longest time for a unary call, for example of {@link Topics}. Default: 30 s. */
        public Builder callTimeout(Duration value) {
            callTimeout = positive(value, "callTimeout");
            return this;
        }

        /** Longest time to connect to one endpoint. Default: 5 s. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = positive(value, "connectTimeout");
            return this;
        }

        /** Longest time for a stream to open, connecting included, before it is tried again. Default: 10 s. */
        public Builder openTimeout(Duration value) {
            openTimeout = positive(value, "openTimeout");
            return this;
        }

        /**
         * Where users are signalled. Default: {@link Schedulers#boundedElastic()}, where blocking is allowed. With
         * {@link Schedulers#immediate()} signals come on the network thread, which saves a hop and must never block.
         */
        public Builder deliverOn(Scheduler value) {
            deliverOn = Objects.requireNonNull(value);
            return this;
        }

        /** Told about every retry. Default: nobody; retries are logged in any case. */
        public Builder listener(ConnectionListener value) {
            listener = Objects.requireNonNull(value);
            return this;
        }

        /** The connection. */
        public MillraceConnection build() {
            return new MillraceConnection(this);
        }

        /** gRPC's own retry is off: it keeps copies of what was sent, and streams are resumed by their cursors. */
        private ManagedChannel channel(Endpoint endpoint) {
            return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                    .usePlaintext()
                    .directExecutor()
                    .disableRetry()
                    .flowControlWindow(FLOW_WINDOW_BYTES)
                    .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                    .keepAliveTime(KEEPALIVE_INTERVAL.toSeconds(), TimeUnit.SECONDS)
                    .keepAliveTimeout(KEEPALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
                    .build();
        }

        private static Duration positive(Duration value, String name) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " of " + value + " is not positive");
            }
            return value;
        }
    }
}
