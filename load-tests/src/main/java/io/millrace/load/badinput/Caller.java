// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes bad calls and notes how they end.
 *
 * <p>At most {@value #MOST_CALLS} are open at once, over a few connections. The server closes a connection on which many
 * streams are reset (M5), so each serves for as many as it bears and is then replaced. A call that may stay open is
 * cancelled when its patience ends; any other that has no answer within {@link #LONGEST} is wrong.
 *
 * <p><b>Threads.</b> One thread calls; answers come on gRPC's.
 */
final class Caller implements AutoCloseable {
    private static final int MOST_CALLS = 200;
    private static final int CONNECTIONS = 8;
    private static final int MOST_RESETS = 100;
    private static final int MOST_ANSWER_BYTES = 16 * 1024 * 1024;

    /** A reader that stops here is a slow one, of which the server must not keep anything either. */
    private static final int MOST_ANSWERS = 20;

    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final int port;
    private final Answers answers;
    private final Semaphore free = new Semaphore(MOST_CALLS);
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
    private final Connection[] connections = new Connection[CONNECTIONS];
    private int next;

    Caller(int port, Answers answers) {
        this.port = port;
        this.answers = answers;
        clock.setRemoveOnCancelPolicy(true);
        for (int i = 0; i < CONNECTIONS; i++) {
            connections[i] = new Connection(port);
        }
    }

    /** Begins a call, as soon as there is room for one more. */
    void call(BadCall call) throws InterruptedException {
        free.acquire();
        Connection connection = call.ownConnection() ? new Connection(port) : connection();
        new Attempt(call, connection).begin();
    }

    /** Returns when every call has ended. Errors with IllegalStateException when one does not. */
    void awaitAll() throws InterruptedException {
        if (!free.tryAcquire(MOST_CALLS, 2 * LONGEST.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(MOST_CALLS - free.availablePermits() + " calls do not come to an end");
        }
        free.release(MOST_CALLS);
    }

    @Override
    public void close() {
        for (Connection connection : connections) {
            connection.channel.shutdownNow();
        }
        clock.shutdownNow();
    }

    private Connection connection() {
        int number = next++ % CONNECTIONS;
        if (connections[number].resets >= MOST_RESETS) {
            connections[number].channel.shutdown(); // what is open there may end
            connections[number] = new Connection(port);
        }
        return connections[number];
    }

    private static final class Connection {
        private final ManagedChannel channel;
        private volatile int resets;

        Connection(int port) {
            channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .directExecutor()
                    .disableRetry()
                    .maxInboundMessageSize(MOST_ANSWER_BYTES)
                    .build();
        }

        /** A stream was, or may have been, reset. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // an estimate, with room for a few more
        void reset() {
            resets++;
        }
    }

    /** One call. Its methods are called by the caller's thread, the clock and gRPC, so they exclude each other. */
    private final class Attempt extends ClientCall.Listener<byte[]> {
        private final BadCall bad;
        private final Connection connection;
        private final ClientCall<byte[], byte[]> call;
        private final Iterator<byte[]> messages;
        private @Nullable ScheduledFuture<?> timer;
        private int answered;
        private boolean halfClosed;
        private boolean cancelled;
        private boolean ended;

        Attempt(BadCall bad, Connection connection) {
            this.bad = bad;
            this.connection = connection;
            this.messages = bad.messages().iterator();
            this.call = connection.channel.newCall(bad.rpc().method(), CallOptions.DEFAULT);
        }

        synchronized void begin() {
            call.start(this, bad.headers());
            call.request(1);
            if (messages.hasNext()) {
                call.sendMessage(messages.next());
            }
            if (!bad.waitsForAnswer() || !messages.hasNext()) {
                sendRest();
            }
            long patienceMillis = bad.rpc().mayStayOpen() ? bad.patienceMillis() : LONGEST.toMillis();
            if (!ended) {
                timer = clock.schedule(this::runOutOfPatience, patienceMillis, TimeUnit.MILLISECONDS);
            }
        }

        private void sendRest() {
            while (messages.hasNext()) {
                call.sendMessage(messages.next());
            }
            switch (bad.ending()) {
                case HALF_CLOSE -> {
                    halfClosed = true;
                    call.halfClose();
                }
                case CANCEL -> cancel("cancelled on purpose");
                case NOTHING -> {
                    if (!bad.rpc().takesStream()) {
                        halfClosed = true;
                        call.halfClose(); // a single request without an end is no request yet, and may wait for ever
                    }
                }
            }
        }

        private void cancel(String why) {
            cancelled = true;
            call.cancel(why, null);
        }

        private synchronized void runOutOfPatience() {
            if (ended) {
                return;
            }
            if (!bad.rpc().mayStayOpen()) {
                answers.wrong("input " + bad.index() + " of " + bad.rpc().name() + ": no answer within "
                        + LONGEST.toSeconds() + " s");
            }
            // grpc-java (1.85.1) tells the end of a call that the server has ended only behind all messages before it,
            // and where its connection has gone meanwhile, not even when the call is cancelled.
            call.request(Integer.MAX_VALUE);
            cancel("left open");
        }

        @Override
        public synchronized void onMessage(byte[] message) {
            answered++;
            if (answered == 1 && messages.hasNext() && !cancelled) {
                sendRest();
            }
            if (answered < MOST_ANSWERS) {
                call.request(1);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            boolean byUs;
            synchronized (this) {
                ended = true;
                byUs = cancelled && status.getCode() == Status.Code.CANCELLED;
                if (timer != null) {
                    timer.cancel(false);
                }
                if (!halfClosed || cancelled) {
                    connection.reset();
                }
            }
            if (byUs) {
                answers.count(bad.rpc().name(), Answers.LEFT_OPEN);
            } else {
                answers.ended(bad, status, trailers);
            }
            if (bad.ownConnection()) {
                connection.channel.shutdownNow();
            }
            free.release();
        }
    }
}
