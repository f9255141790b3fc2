// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import static io.millrace.kafka.admin.KafkaAnswers.ask;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.OnCorruption;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.refusal.KafkaRefusals;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The settings of topics that Kafka does not know and would refuse: those of {@link OnCorruption}. They are kept in the
 * compacted topic {@value #NAME}, by the topic's id, so a topic that is made again inherits none. The topic is made with
 * the first setting; where it is missing, there are none.
 *
 * <p>As much is held in memory as there are topics with such settings. Thread-safe; what has to wait for Kafka's
 * consumer or producer does so on a thread of this class's own, which ends when it is idle.
 */
public final class OwnSettings implements AutoCloseable {
    static final String NAME = "__millrace_topics";

    /** As that topic is made. */
    static final TopicSpec TOPIC = new TopicSpec(
            new TopicName(NAME),
            1,
            0,
            Map.of(
                    "cleanup.policy", "compact",
                    "segment.bytes", Integer.toString(4 << 20),
                    "min.cleanable.dirty.ratio", "0.1"));

    private static final TopicPartition PARTITION = new TopicPartition(NAME, 0);
    private static final String TOPIC_NAME = "topic";
    private static final int MAX_WAITING = 4096;
    private static final int IDLE_SECONDS = 60;

    private final Supplier<Admin> admin;
    private final OwnTopicReader reader;
    private final Map<String, Object> producerProperties;
    private final Duration patience;
    private final Scheduler waiting =
            Schedulers.newBoundedElastic(1, MAX_WAITING, "millrace-topic-settings", IDLE_SECONDS, true);
    private final SharedQuestion refreshing = new SharedQuestion(Mono.defer(this::refresh));
    private volatile Known known = Known.NOTHING;

    /**
     * Uses the client, the present one each time, which it does not own.
     *
     * @param consumerProperties reads bytes, committed ones
     * @param producerProperties writes bytes, durably
     * @param patience how long reading or writing may take
     */
    public OwnSettings(
            Supplier<Admin> admin,
            Map<String, Object> consumerProperties,
            Map<String, Object> producerProperties,
            Duration patience) {
        this.admin = admin;
        this.reader = new OwnTopicReader(consumerProperties);
        this.producerProperties = producerProperties;
        this.patience = patience;
    }

    /** Those among the settings of a topic that are kept here. Errors with TOPIC_CONFIG_INVALID. */
    static Map<String, String> among(Map<String, String> config) {
        OnCorruption.of(config);
        String value = config.get(OnCorruption.SETTING);
        return value == null ? Map.of() : Map.of(OnCorruption.SETTING, value);
    }

    /** True when Kafka must not be told of this setting. */
    static boolean isOwn(String setting) {
        return setting.equals(OnCorruption.SETTING);
    }

    /** True when the topic withholds what is corrupt, as far as has been read. Costs a look into a map. */
    public boolean isStrict(String topicId) {
        String value = known.byTopicId().getOrDefault(topicId, Map.of()).get(OnCorruption.SETTING);
        return value != null && !value.equals(OnCorruption.FLAG.value()); // what a later version may say is no weaker
    }

    /** Completes when all that was written by now has been read. Errors with LOG_UNAVAILABLE. */
    public Mono<Void> refreshed() {
        return refreshing.ask();
    }

    /** The settings of a topic. Errors with LOG_UNAVAILABLE. */
    Mono<Map<String, String>> of(String topicId) {
        return refreshed().then(Mono.fromSupplier(() -> known.byTopicId().getOrDefault(topicId, Map.of())));
    }

    /** Writes the settings of a topic into {@value #NAME}, which must be there. Errors with LOG_UNAVAILABLE. */
    Mono<Void> put(String topicId, TopicName topic, Map<String, String> settings) {
        return patiently(() -> write(topicId, encode(topic, settings)));
    }

    /** Removes the settings of a topic, where there are any. Errors with LOG_UNAVAILABLE. */
    Mono<Void> remove(String topicId) {
        return of(topicId)
                .filter(settings -> !settings.isEmpty())
                .flatMap(some -> patiently(() -> write(topicId, null)));
    }

    @Override
    public void close() {
        waiting.dispose();
    }

    private Mono<Void> refresh() {
        return ask(
                        NAME,
                        () -> admin.get()
                                .describeTopics(List.of(NAME))
                                .topicNameValues()
                                .get(NAME))
                .map(topic -> topic.topicId().toString())
                .onErrorResume(Reason.TOPIC_NOT_FOUND::isOf, none -> Mono.empty())
                .flatMap(uid ->
                        end().filter(end -> !isRead(uid, end)).flatMap(end -> patiently(() -> readTo(uid, end))));
    }

    private Mono<Long> end() {
        return ask(
                        NAME,
                        () -> admin.get()
                                .listOffsets(Map.of(PARTITION, OffsetSpec.latest()))
                                .partitionResult(PARTITION))
                .map(found -> found.offset());
    }

    private boolean isRead(String uid, long end) {
        Known now = known;
        return now.nextOffset() >= end && (end == 0 || now.uid().equals(uid));
    }

    /** Runs what waits, one at a time. */
    private Mono<Void> patiently(Runnable task) {
        return Mono.<Void>fromRunnable(task)
                .subscribeOn(waiting)
                .onErrorMap(
                        RejectedExecutionException.class,
                        full -> KafkaRefusals.unavailable(full).asException())
                .onErrorMap(error -> KafkaRefusals.ofQuestion(error, NAME));
    }

    private void readTo(String uid, long end) {
        if (isRead(uid, end)) {
            return;
        }
        Known from = known.uid().equals(uid) ? known : Known.NOTHING;
        Map<String, Map<String, String>> byTopicId = new HashMap<>(from.byTopicId());
        try {
            long next = reader.read(PARTITION, from.nextOffset(), end, patience, record -> apply(record, byTopicId));
            known = new Known(uid, next, Map.copyOf(byTopicId));
        } catch (OffsetOutOfRangeException madeAgain) {
            known = Known.NOTHING;
            throw notInTime();
        }
    }

    private static void apply(ConsumerRecord<byte[], byte[]> record, Map<String, Map<String, String>> byTopicId) {
        String topicId = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            byTopicId.remove(topicId);
        } else {
            byTopicId.put(topicId, decode(record.value()));
        }
    }

    private void write(String topicId, byte @Nullable [] value) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerProperties);
        try {
            producer.send(new ProducerRecord<>(NAME, 0, topicId.getBytes(StandardCharsets.UTF_8), value))
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notInTime();
        } catch (java.util.concurrent.TimeoutException e) {
            throw notInTime();
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    /** Lines for whoever looks at the topic with Kafka's own tools. */
    private static byte[] encode(TopicName topic, Map<String, String> settings) {
        String lines = settings.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> "\n" + setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining("", TOPIC_NAME + "=" + topic, ""));
        return lines.getBytes(StandardCharsets.UTF_8);
    }

    /** What a later version has written beside is not for this one. */
    private static Map<String, String> decode(byte[] value) {
        return new String(value, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2 && isOwn(pair[0]))
                .collect(Collectors.toUnmodifiableMap(pair -> pair[0], pair -> pair[1], (first, second) -> second));
    }

    private RefusedException notInTime() {
        return Refusal.of(
                        Reason.LOG_UNAVAILABLE,
                        "Kafka: " + NAME + " did not answer within " + patience.toMillis() + " ms")
                .asException();
    }

    /**
     * What has been read of {@value #NAME}.
     *
     * @param uid the id of that topic
     * @param nextOffset up to where
     * @param byTopicId the settings of each topic that has any
     */
    private record Known(String uid, long nextOffset, Map<String, Map<String, String>> byTopicId) {
        static final Known NOTHING = new Known("", 0, Map.of());
    }
}
