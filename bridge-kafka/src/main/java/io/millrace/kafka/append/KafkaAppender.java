// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.kafka.admin.KafkaTopics;
import io.millrace.kafka.admin.TopicWatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;

/**
 * Appends through one idempotent producer of reactor-kafka.
 *
 * <p><b>Bounds.</b> What is appended and not answered yet is bounded in bytes; beyond the bound an append is refused
 * with LOG_UNAVAILABLE, and so is one that cannot be handed to the producer in time.
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

    private final KafkaTopics topics;
    private final TopicWatch watch;
    private final long maxPendingBytes;
    private final KafkaSender<byte[], byte[]> sender;
    private final Duration closeTimeout;
    private final ExecutorService handOver = Executors.newSingleThreadExecutor(KafkaAppender::daemon);
    private final Map<TopicName, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicLong pendingBytes = new AtomicLong();

    /**
     * Opens a producer.
     *
     * @param maxPendingBytes bound of what is appended and not answered yet
     * @param closeTimeout how long {@link #close} waits for what is under way
     */
    public KafkaAppender(
            Map<String, Object> producerProperties,
            KafkaTopics topics,
            TopicWatch watch,
            long maxPendingBytes,
            Duration closeTimeout) {
        this.topics = topics;
        this.watch = watch;
        this.maxPendingBytes = maxPendingBytes;
        this.closeTimeout = closeTimeout;
        SenderOptions<byte[], byte[]> options = SenderOptions.<byte[], byte[]>create(producerProperties)
                .maxInFlight(Integer.MAX_VALUE)
                .scheduler(Schedulers.immediate())
                .stopOnError(false)
                .closeTimeout(closeTimeout);
        this.sender = KafkaSender.create(options);
    }

    /** See {@link io.millrace.core.log.EventLog#append}. */
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        return Mono.create(answer -> {
            Append append = new Append(topic.value(), events, answer, this::release, this::forget);
            long bytes = bytesOf(events);
            append.weighs(bytes);
            long pending = pendingBytes.addAndGet(bytes);
            if (pending > maxPendingBytes && pending > bytes) {
                append.refuse(full());
                return;
            }
            lanes.computeIfAbsent(topic, this::newLane).enter(append);
        });
    }

    /** Bytes appended and not answered yet. */
    public long pendingBytes() {
        return pendingBytes.get();
    }

    /** Waits for the appends under way, then closes the producer. */
    @Override
    public void close() {
        handOver.shutdown();
        try {
            handOver.awaitTermination(closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
        lanes.values().forEach(Lane::close);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "millrace-append");
        thread.setDaemon(true);
        return thread;
    }

    private Lane newLane(TopicName topic) {
        return new Lane(topic, topics, watch, append -> handOver.execute(() -> append.handOver(sender)), lanes::remove);
    }

    private void release(Append append) {
        pendingBytes.addAndGet(-append.bytes());
    }

    /** The topic was not there for the producer: ask again before the next append. */
    private void forget(String topic) {
        Lane lane = lanes.remove(new TopicName(topic));
        if (lane != null) {
            lane.close();
        }
    }

    private Refusal full() {
        return Refusal.of(
                Reason.LOG_UNAVAILABLE,
                "more than " + maxPendingBytes + " bytes wait for Kafka's acknowledgement already");
    }

    private static long bytesOf(List<Event> events) {
        long bytes = 0;
        for (Event event : events) {
            bytes += event.approximateBytes() + OVERHEAD_BYTES;
        }
        return bytes;
    }
}
