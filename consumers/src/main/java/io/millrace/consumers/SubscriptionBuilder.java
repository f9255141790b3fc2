// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.EndPosition;
import io.millrace.v1.Position;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * Options of a subscription; every setter returns this builder, and the last of several starts or ends counts. Not
 * thread-safe; the {@link Flux} that {@link #events} returns is not changed by later setters.
 */
public final class SubscriptionBuilder {
    private final MillraceConnection connection;
    private final List<String> topics;
    private StartPosition start = StartPosition.newBuilder()
            .setLatest(StartPosition.Latest.getDefaultInstance())
            .build();
    private @Nullable EndPosition end;
    private ExpiredStart expiredStart = ExpiredStart.FAIL;
    private SlowConsumer slowConsumer = SlowConsumer.CATCH_UP;
    private Duration conflateInterval = Duration.ZERO;
    private String filter = "";
    private long creditEvents = 8_192;
    private long creditBytes = 4 << 20;
    private String clientName = "millrace-java";
    private Scheduler deliverOn;
    private Consumer<? super Signal> onSignal = signal -> {};

    /**
     * @param topics resource names of topics and patterns; at least one
     */
    SubscriptionBuilder(MillraceConnection connection, List<String> topics) {
        this.connection = connection;
        this.topics = topics;
        this.deliverOn = connection.deliverOn();
    }

    /** Begin with what is published after the stream opens. The default. */
    public SubscriptionBuilder fromNow() {
        return start(StartPosition.newBuilder().setLatest(StartPosition.Latest.getDefaultInstance()));
    }

    /** Begin with the oldest retained event. */
    public SubscriptionBuilder fromBeginning() {
        return start(StartPosition.newBuilder().setEarliest(StartPosition.Earliest.getDefaultInstance()));
    }

    /** Begin with the first event appended at or after a time. */
    public SubscriptionBuilder fromTime(Instant time) {
        return start(StartPosition.newBuilder().setTime(EventCodec.toMessage(time)));
    }

    /**
     * Go on after a place seen before. A partition that it does not know is read from its oldest event, because it may
     * have come since.
     */
    public SubscriptionBuilder from(Cursor cursor) {
        return start(StartPosition.newBuilder().setCursor(cursor.toMessage()));
    }

    /** Go on after a place seen before, and read no partition that it does not know. */
    public SubscriptionBuilder fromOnly(Cursor cursor) {
        return start(StartPosition.newBuilder().setCursor(cursor.toMessage()).setPlacesOnly(true));
    }

    /**
     * Begin at an offset of one partition of the (first) topic, and read no other partition. Throws
     * {@link io.millrace.core.refusal.RefusedException} where a pattern stands first: use {@link #fromOffsets}.
     */
    public SubscriptionBuilder fromOffset(int partition, long offset) {
        return fromOffsets(Map.of(new TopicPartition(TopicResource.parse(topics.get(0)), partition), offset));
    }

    /** Begin at these offsets, and read no other partition, not after a reconnect either. */
    public SubscriptionBuilder fromOffsets(Map<TopicPartition, Long> offsets) {
        return start(StartPosition.newBuilder().setOffsets(positions(offsets)));
    }

    /** Begin with about the last {@code count} events over all partitions. */
    public SubscriptionBuilder last(long count) {
        return start(StartPosition.newBuilder().setLastCount(count));
    }

    /**
     * Complete at the live end as it is when the stream opens. After a reconnect it is the one at that moment, so a
     * few later events may come too.
     */
    public SubscriptionBuilder untilLiveEnd() {
        return end(EndPosition.newBuilder().setLiveEnd(EndPosition.LiveEnd.getDefaultInstance()));
    }

    /** Complete before the first event appended at or after a time. */
    public SubscriptionBuilder untilTime(Instant time) {
        return end(EndPosition.newBuilder().setTime(EventCodec.toMessage(time)));
    }

    /** Complete at these places; a partition that they do not know is read to its live end. */
    public SubscriptionBuilder until(Cursor cursor) {
        return end(EndPosition.newBuilder().setCursor(cursor.toMessage()));
    }

    /** Complete before these offsets; a partition that they do not name is read to its live end. */
    public SubscriptionBuilder untilOffsets(Map<TopicPartition, Long> offsets) {
        return end(EndPosition.newBuilder().setOffsets(positions(offsets)));
    }

    /** What to do when retention has removed the start. Default: {@link ExpiredStart#FAIL}. */
    public SubscriptionBuilder expiredStart(ExpiredStart value) {
        expiredStart = Objects.requireNonNull(value);
        return this;
    }

    /** What gives way when the subscriber is slow. Default: {@link SlowConsumer#CATCH_UP}. */
    public SubscriptionBuilder slowConsumer(SlowConsumer value) {
        slowConsumer = Objects.requireNonNull(value);
        return this;
    }

    /**
     * Receive the newest event of each key instead of every event, and a key at most once in an interval while the
     * subscription is live: {@link SlowConsumer#CONFLATE}. The last event of every key always comes. Throws
     * IllegalArgumentException when the interval is negative.
     *
     * @param interval zero for as often as the subscriber is ready for more
     */
    public SubscriptionBuilder conflate(Duration interval) {
        if (interval.isNegative()) {
            throw new IllegalArgumentException("an interval of " + interval + " is negative");
        }
        conflateInterval = interval;
        return slowConsumer(SlowConsumer.CONFLATE);
    }

    /**
     * Receive only the events that an expression lets through, for example {@code event.type == "order.placed"}. The
     * server evaluates it; what does not pass costs no credit, and the place moves past it. An expression that is not
     * understood ends the subscription with a refusal that names line and column.
     *
     * @param expression empty for every event
     */
    public SubscriptionBuilder filter(String expression) {
        filter = Objects.requireNonNull(expression);
        return this;
    }

    /** Most events on their way or waiting here. Default: 8,192. */
    public SubscriptionBuilder creditEvents(long value) {
        creditEvents = positive(value, "creditEvents");
        return this;
    }

    /** Most bytes on their way or waiting here, one event more at times. Default: 4 MiB. */
    public SubscriptionBuilder creditBytes(long value) {
        creditBytes = positive(value, "creditBytes");
        return this;
    }

    /** Shown to operators. Default: {@code millrace-java}. */
    public SubscriptionBuilder clientName(String value) {
        clientName = Objects.requireNonNull(value);
        return this;
    }

    /** Where events and signals are delivered. Default: that of the connection. */
    public SubscriptionBuilder deliverOn(Scheduler value) {
        deliverOn = Objects.requireNonNull(value);
        return this;
    }

    /**
     * Hears everything that is not an event, in order with the events and on the same thread; what it throws ends the
     * subscription. Where several heartbeats (or several of another kind but gaps) wait for a slow subscriber with no
     * event between, only the last is kept.
     */
    public SubscriptionBuilder onSignal(Consumer<? super Signal> value) {
        onSignal = Objects.requireNonNull(value);
        return this;
    }

    /**
     * The events. Cold: each subscriber opens a stream of its own.
     *
     * <p><b>Demand.</b> What is requested and not yet received is the credit of the server, up to the window of
     * {@link #creditEvents} and {@link #creditBytes}; no more than that is ever held here.
     *
     * <p><b>Order.</b> Events of a partition come in offset order, without gap or repeat, also across reconnects; what
     * {@link #slowConsumer} leaves out is told as a {@link Signal.Gap} (SKIP) or replaced by something newer (CONFLATE). That
     * no event was dropped on the way is checked on every batch.
     *
     * <p><b>Threads.</b> Signals come on one worker of {@link #deliverOn} at a time. A subscriber may block there.
     *
     * <p><b>Errors.</b> A refusal ends it with a {@link io.millrace.client.MillraceException}. What can pass, such as a
     * lost connection, does not: the stream is opened again where it ended, for ever. Completes only where an end was
     * named.
     */
    public Flux<ReceivedEvent> events() {
        return new SubscriptionFlux(
                connection,
                new SubscriptionSpec(readSpec(), creditEvents, creditBytes, clientName, deliverOn, onSignal));
    }

    private ReadSpec readSpec() {
        ReadSpec.Builder spec = ReadSpec.newBuilder()
                .addAllTopics(topics)
                .setStart(start.toBuilder().setExpiredStartPolicy(expiredStart.toMessage()))
                .setFilter(filter)
                .setSlowConsumerPolicy(slowConsumer.toMessage());
        if (end != null) {
            spec.setEnd(end);
        }
        if (slowConsumer == SlowConsumer.CONFLATE && !conflateInterval.isZero()) {
            spec.setConflateInterval(EventCodec.toMessage(conflateInterval));
        }
        return spec.build();
    }

    private SubscriptionBuilder start(StartPosition.Builder value) {
        start = value.build();
        return this;
    }

    private SubscriptionBuilder end(EndPosition.Builder value) {
        end = value.build();
        return this;
    }

    private static StartPosition.Offsets positions(Map<TopicPartition, Long> offsets) {
        StartPosition.Offsets.Builder positions = StartPosition.Offsets.newBuilder();
        offsets.forEach((partition, offset) -> positions.addPositions(Position.newBuilder()
                .setTopic(TopicResource.format(partition.topic()))
                .setPartition(partition.partition())
                .setOffset(offset)));
        return positions.build();
    }

    private static long positive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " of " + value + " is not positive");
        }
        return value;
    }
}
