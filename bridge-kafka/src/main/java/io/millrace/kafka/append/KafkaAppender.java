// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.topic.TopicName;
import io.millrace.kafka.admin.KafkaTopics;
import io.millrace.kafka.admin.TopicWatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * Appends through one idempotent producer of reactor-kafka.
 *
 * <p><b>Bounds.</b> What is under way to Kafka is bounded in bytes. Beyond that, appends wait in the order of asking;
 * what waits is bounded at {@value #WAITING_ROOMS} times as much. Refused with LOG_UNAVAILABLE is what does not fit there
 * either, what has waited too long, and what cannot be handed to the producer in time.
 *
 * <p><b>Threads.</b> Nobody's thread ever waits for Kafka's producer: appends are handed over, in order, by a thread of
 * this class's own. Answers come on the producer's network thread, where a subscriber must not block.
 */
public final class KafkaAppender implements AutoCloseable {
    /* Notes. An append is one KafkaSender.send of its records, all of them in flight at once: the sender's own bound
     * would hand the rest over on the network thread, behind later appends. Results pass on the immediate scheduler,
     * as the thread change that reactor-kafka makes by default costs more than the rest of it. Figures: decision 0003.
     */
    private static final int OVERHEAD_BYTES = 512;

    /** As much may wait: the full windows of some six publishers of small events, beside those that have entered. */
    private static final int WAITING_ROOMS = 4;

    private final KafkaTopics topics;
    private final TopicWatch watch;
    private final RenewableSender sender;
    private final Duration closeTimeout;
    private final ExecutorService handOver = Executors.newSingleThreadExecutor(daemon("millrace-append"));
    private final ExecutorService telling = Executors.newSingleThreadExecutor(daemon("millrace-acknowledged"));
    private final Map<TopicName, Lane> lanes = new ConcurrentHashMap<>();
    private final AppendRoom room;
    private final AcknowledgedRun acknowledged;

    /**
     * Opens a producer.
     *
     * @param roomBytes bound of what is under way to Kafka
     * @param deliveryTimeout how long an append may wait for room, and {@link #close} for what is under way
     * @param acknowledged told of what Kafka has stored, on a thread of its own, about when the append is answered
     */
    public KafkaAppender(
            Map<String, Object> producerProperties,
            KafkaTopics topics,
            TopicWatch watch,
            long roomBytes,
            Duration deliveryTimeout,
            Acknowledged acknowledged) {
        this.topics = topics;
        this.watch = watch;
        this.closeTimeout = deliveryTimeout;
        this.acknowledged = new AcknowledgedRun(acknowledged, telling);
        this.room = new AppendRoom(
                roomBytes, WAITING_ROOMS * roomBytes, deliveryTimeout, System::nanoTime, this::enterLane);
        this.sender = new RenewableSender(producerProperties, closeTimeout);
    }

    /** See {@link io.millrace.core.log.EventLog#append}. */
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        return Mono.create(answer -> {
            Append append = new Append(topic, events, bytesOf(events), answer, room::leave, this::forget, acknowledged);
            room.enter(append);
        });
    }

    /** Bytes appended and not answered yet. */
    public long pendingBytes() {
        return room.bytes();
    }

    /**
     * Makes the producer anew. What is under way has so long to be answered; whether it is stored is not known then. Waits
     * for it.
     */
    public void renew(Duration patience) {
        sender.renew(patience);
    }

    /** Refuses the appends that wait for room, waits for those under way, then closes the producer. */
    @Override
    public void close() {
        room.close();
        handOver.shutdown();
        try {
            handOver.awaitTermination(closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
        telling.shutdown();
        lanes.values().forEach(Lane::close);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private void enterLane(Append append) {
        lanes.computeIfAbsent(append.topic(), this::newLane).enter(append);
    }

    private Lane newLane(TopicName topic) {
        return new Lane(topic, topics, watch, append -> handOver.execute(() -> sender.handOver(append)), lanes::remove);
    }

    /** The topic was not there for the producer: ask again before the next append. */
    private void forget(TopicName topic) {
        Lane lane = lanes.remove(topic);
        if (lane != null) {
            lane.close();
        }
    }

    private static long bytesOf(List<Event> events) {
        long bytes = 0;
        for (Event event : events) {
            bytes += event.approximateBytes() + OVERHEAD_BYTES;
        }
        return bytes;
    }
}
