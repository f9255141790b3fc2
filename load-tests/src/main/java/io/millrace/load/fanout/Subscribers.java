// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The subscribers of one server, over a few connections. Owned by one thread. */
final class Subscribers implements AutoCloseable {
    private static final int FEW_CONNECTIONS = 4;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final EventLoopGroup loops;
    private final List<ManagedChannel> channels;
    private final List<Subscriber> subscribers;

    private Subscribers(EventLoopGroup loops, List<ManagedChannel> channels, List<Subscriber> subscribers) {
        this.loops = loops;
        this.channels = channels;
        this.subscribers = subscribers;
    }

    /**
     * Calls the server; {@link #areOpened} says when all have got through.
     *
     * @param from offset of the first event that they will receive
     */
    static Subscribers open(Contestant contestant, int port, int count, long from) {
        int needed = (count + Transports.MAX_CALLS_PER_CONNECTION - 1) / Transports.MAX_CALLS_PER_CONNECTION;
        int connections = Math.max(needed, Math.min(count, FEW_CONNECTIONS));
        EventLoopGroup loops =
                Transports.loops("subscriber-loop", Runtime.getRuntime().availableProcessors());
        List<ManagedChannel> channels = Stream.generate(() -> Transports.channel(port, loops))
                .limit(connections)
                .toList();
        List<Subscriber> subscribers =
                Stream.generate(() -> contestant.subscriber(from)).limit(count).toList();
        IntStream.range(0, count).forEach(i -> subscribers.get(i).open(channels.get(i % connections)));
        return new Subscribers(loops, channels, subscribers);
    }

    int count() {
        return subscribers.size();
    }

    /** True when none will miss an event any more, as far as they can know. */
    boolean areOpened() {
        return subscribers.stream().allMatch(Subscriber::isOpened);
    }

    /** The offset behind the last event of the slowest one. */
    long slowest() {
        long slowest = Long.MAX_VALUE;
        for (Subscriber subscriber : subscribers) {
            slowest = Math.min(slowest, subscriber.progress().received());
        }
        return slowest;
    }

    /** The sums over all of them; the difference of two readings is what arrived between. */
    Subscriber.Progress progress() {
        Subscriber.Progress sum = new Subscriber.Progress(0, 0);
        for (Subscriber subscriber : subscribers) {
            sum = sum.plus(subscriber.progress());
        }
        return sum;
    }

    /** How often the server has gone back to the log for one of them. */
    long fellBehind() {
        return subscribers.stream()
                .mapToLong(subscriber -> subscriber instanceof BatchSubscriber batches ? batches.fellBehind() : 0)
                .sum();
    }

    /** Fails when one of them got anything but the next event. */
    void check() {
        subscribers.stream()
                .map(Subscriber::fault)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(fault -> {
                    throw new IllegalStateException("a subscriber received the wrong thing: " + fault);
                });
    }

    @Override
    public void close() {
        subscribers.forEach(Subscriber::cancel);
        channels.forEach(ManagedChannel::shutdown);
        try {
            for (ManagedChannel channel : channels) {
                if (!channel.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    channel.shutdownNow();
                }
            }
        } catch (InterruptedException e) {
            channels.forEach(ManagedChannel::shutdownNow);
            Thread.currentThread().interrupt();
        }
        Transports.close(loops);
    }
}
