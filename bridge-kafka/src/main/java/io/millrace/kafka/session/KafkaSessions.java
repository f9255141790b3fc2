// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import io.millrace.core.log.PublisherSession;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.AppendRules;
import io.millrace.kafka.admin.KafkaTopics;
import io.millrace.kafka.admin.PartitionOffsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Sessions of publishers who name themselves: a transactional producer and a thread for each, at most one for each
 * {@value #HEAP_MIB_OF_EACH} MiB of heap. Thread-safe; answers come on the sessions' threads.
 */
public final class KafkaSessions implements AutoCloseable {
    /** A transactional producer costs two threads with ours, 4 files and about 0.6 MiB. */
    private static final int HEAP_MIB_OF_EACH = 4;

    private static final int LEAST_SESSIONS = 16;
    private static final int MOST_SESSIONS = 2_048;
    private static final int MIB_SHIFT = 20;

    private final int mostSessions;
    private final Function<String, Map<String, Object>> producerProperties;
    private final KafkaTopics topics;
    private final SequenceTopic sequences;
    private final Duration requestTimeout;
    private final Duration transactionTimeout;
    private final Map<String, KafkaSession> newest = new HashMap<>();
    private final Set<KafkaSession> live = new HashSet<>();
    private boolean closed;

    /**
     * None yet.
     *
     * @param producerProperties by transactional id
     * @param consumerProperties of a consumer that reads committed records
     * @param requestTimeout how long a question may take
     * @param transactionTimeout after which Kafka ends an abandoned transaction
     */
    public KafkaSessions(
            Function<String, Map<String, Object>> producerProperties,
            Map<String, Object> consumerProperties,
            KafkaTopics topics,
            PartitionOffsets offsets,
            Duration requestTimeout,
            Duration transactionTimeout) {
        this.mostSessions = mostSessions(Runtime.getRuntime().maxMemory());
        this.producerProperties = producerProperties;
        this.topics = topics;
        this.sequences = new SequenceTopic(topics, offsets, consumerProperties);
        this.requestTimeout = requestTimeout;
        this.transactionTimeout = transactionTimeout;
    }

    /** See {@link io.millrace.core.log.EventLog#openSession}. */
    public Mono<PublisherSession> open(String producerId) {
        return sequences
                .partitionOf(producerId)
                .flatMap(place -> Mono.create(opened -> open(producerId, place, opened)));
    }

    /** Ends all of them. What is being written goes on; does not wait. */
    @Override
    public void close() {
        List<KafkaSession> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(live);
        }
        open.forEach(KafkaSession::close);
    }

    /**
     * Ends all of them for this reason; the publishers may come again at once. What is being written has so long to be
     * answered, and waits for it, and is given up then.
     */
    public void end(Refusal why, Duration patience) {
        List<KafkaSession> ending;
        synchronized (this) {
            ending = List.copyOf(live);
        }
        ending.forEach(session -> session.end(why));
        awaitLeft(ending, patience);
        ending.forEach(KafkaSession::giveUp);
    }

    private synchronized void awaitLeft(List<KafkaSession> ending, Duration patience) {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        try {
            long leftMillis = patience.toMillis();
            while (leftMillis > 0 && ending.stream().anyMatch(live::contains)) {
                wait(leftMillis);
                leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sessions that have not ended. */
    public synchronized int count() {
        return live.size();
    }

    private void open(String producerId, TopicPartition place, MonoSink<PublisherSession> opened) {
        KafkaSession before;
        KafkaSession session;
        synchronized (this) {
            Refusal refusal = refusal();
            if (refusal != null) {
                opened.error(refusal.asException());
                return;
            }
            before = newest.get(producerId);
            session = new KafkaSession(
                    producerId, () -> takeOver(producerId, place), before, transactionTimeout, opened, this::left);
            newest.put(producerId, session);
            live.add(session);
        }
        opened.onCancel(session::close);
        if (before != null) {
            before.fence();
        }
        session.start();
    }

    private @Nullable Refusal refusal() {
        if (closed) {
            return Refusal.of(Reason.LOG_UNAVAILABLE, "the log is closed");
        }
        return live.size() < mostSessions
                ? null
                : Refusal.of(Reason.TOO_MANY_PUBLISHERS, live.size() + " publishers have sessions here");
    }

    static int mostSessions(long heapBytes) {
        return (int) Math.max(LEAST_SESSIONS, Math.min(MOST_SESSIONS, (heapBytes >> MIB_SHIFT) / HEAP_MIB_OF_EACH));
    }

    private SessionWriter takeOver(String producerId, TopicPartition place) {
        return SessionWriter.takeOver(
                producerId,
                place,
                new KafkaProducer<>(producerProperties.apply("millrace-publisher-" + producerId)),
                sequences,
                new TopicRules(this::rulesOf, requestTimeout),
                transactionTimeout.plus(requestTimeout));
    }

    private Mono<AppendRules> rulesOf(TopicName topic) {
        return topics.view(topic)
                .delayUntil(view -> topics.online(view.name(), view.partitions()))
                .then(topics.appendRules(topic));
    }

    private synchronized void left(KafkaSession session) {
        live.remove(session);
        newest.remove(session.producerId(), session);
        notifyAll();
    }
}
