// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One direction of a connection: reads, waits as long as the fault says, writes. Lives on the proxy's event loop. */
final class Pipe extends ChannelInboundHandlerAdapter {
    /*
     * What has been read waits in `held` until it is due, and counts in `heldBytes` until it has been written; reading
     * goes on while that is below the bound. So a side that takes nothing stops the other one.
     */
    private final FaultProxy proxy;
    private final ProxiedConnection connection;
    private final Direction direction;
    private final FrameStarts starts;
    private final @Nullable KafkaRequests requests;
    private final Deque<Parcel> held = new ArrayDeque<>();
    private @Nullable SocketChannel from;
    private @Nullable SocketChannel to;
    private int heldBytes;
    private long lastDueNanos = System.nanoTime();
    private boolean paused;
    private boolean timed;
    private boolean corrupting;
    private boolean deaf;
    private boolean finished;
    private boolean ended;

    Pipe(FaultProxy proxy, ProxiedConnection connection, Direction direction, Framing framing) {
        this.proxy = proxy;
        this.connection = connection;
        this.direction = direction;
        this.starts = new FrameStarts(framing, direction);
        this.requests = framing == Framing.KAFKA && direction == Direction.TO_SERVER ? new KafkaRequests() : null;
        this.corrupting = proxy.fault() instanceof LinkFault.Corrupt corrupt && corrupt.direction() == direction;
    }

    void start(SocketChannel source, SocketChannel sink) {
        from = source;
        to = sink;
        source.read();
    }

    void corruptNextFrame() {
        corrupting = true;
    }

    void corruptNothing() {
        corrupting = false;
    }

    /** Whatever still comes vanishes, the end and a reset too. */
    void swallow() {
        deaf = true;
        release();
    }

    /** Tells the receiver that nothing more comes; whatever still does vanishes. */
    void finish() {
        finished = true;
        release();
        if (to != null && to.isOpen()) {
            to.shutdownOutput();
        }
    }

    boolean hasEnded() {
        return ended && heldBytes == 0;
    }

    void release() {
        held.forEach(parcel -> {
            heldBytes -= parcel.bytes.readableBytes();
            parcel.bytes.release();
        });
        held.clear();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        int start = starts.advance(bytes);
        loseAnswer(bytes);
        if (finished || isSwallowing() || !context.channel().isOpen()) {
            bytes.release();
            context.read();
            return;
        }
        if (corrupting && start >= 0) {
            bytes.setByte(start, ~bytes.getByte(start));
            corrupting = false;
        }
        int length = bytes.readableBytes();
        heldBytes += length;
        held.addLast(new Parcel(bytes, dueNanos(length)));
        if (heldBytes < FaultProxy.HELD_BYTES) {
            context.read();
        } else {
            paused = true;
        }
        forward();
    }

    /** Before the request is forwarded, so that its answer cannot be faster. */
    private void loseAnswer(ByteBuf bytes) {
        if (requests != null) {
            int asked = proxy.fault() instanceof LinkFault.AnswerLost lost ? lost.kafkaRequest() : KafkaRequests.NONE;
            if (requests.advance(bytes, asked)) {
                connection.loseAnswers();
            }
        }
    }

    /** The other side has closed its half, which this direction tells on when everything before has gone. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended = true;
            if (!isSwallowing()) {
                forward();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!isSwallowing()) {
            connection.reset();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset: channelInactive tells the other side
    }

    private void forward() {
        SocketChannel sink = to;
        if (sink == null) {
            return;
        }
        for (Parcel next = held.peekFirst(); next != null && isDue(next); next = held.peekFirst()) {
            held.removeFirst();
            int length = next.bytes.readableBytes();
            sink.writeAndFlush(next.bytes).addListener(done -> written(sink, length));
        }
        Parcel later = held.peekFirst();
        if (later != null && !timed) {
            timed = true;
            sink.eventLoop()
                    .schedule(
                            this::forwardWhatIsDue,
                            Math.max(0, later.dueNanos - System.nanoTime()),
                            TimeUnit.NANOSECONDS);
        }
        endWhenEmpty(sink);
    }

    private void endWhenEmpty(SocketChannel sink) {
        if (hasEnded() && !finished && sink.isOpen()) {
            finished = true;
            sink.shutdownOutput();
            connection.ended();
        }
    }

    private void forwardWhatIsDue() {
        timed = false;
        forward();
    }

    private void written(SocketChannel sink, int length) {
        heldBytes -= length;
        if (paused && heldBytes < FaultProxy.HELD_BYTES && from != null) {
            paused = false;
            from.read();
        }
        endWhenEmpty(sink);
    }

    private boolean isSwallowing() {
        return deaf || proxy.fault() instanceof LinkFault.HalfOpen halfOpen && halfOpen.direction() == direction;
    }

    private static boolean isDue(Parcel parcel) {
        return parcel.dueNanos - System.nanoTime() <= 0;
    }

    /** Never before what has come earlier. */
    private long dueNanos(int length) {
        long due = System.nanoTime();
        if (proxy.fault() instanceof LinkFault.Delay delay) {
            due += delay.delay().toNanos() + proxy.jitterNanos(delay.jitter().toNanos());
        }
        if (lastDueNanos - due > 0) {
            due = lastDueNanos;
        }
        if (proxy.fault() instanceof LinkFault.Bandwidth bandwidth) {
            due += length * TimeUnit.SECONDS.toNanos(1) / bandwidth.bytesPerSecond();
        }
        lastDueNanos = due;
        return due;
    }

    private record Parcel(ByteBuf bytes, long dueNanos) {}
}
