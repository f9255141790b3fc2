// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.LogHealth;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.log.TopicAdmin;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.KafkaAnswers;
import io.millrace.kafka.admin.KafkaTopics;
import io.millrace.kafka.admin.OwnSettings;
import io.millrace.kafka.admin.PartitionOffsets;
import io.millrace.kafka.admin.RenewableAdmin;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.admin.TopicWatch;
import io.millrace.kafka.append.KafkaAppender;
import io.millrace.kafka.health.KafkaHealth;
import io.millrace.kafka.read.CatchUpReaders;
import io.millrace.kafka.record.CheckedRecords;
import io.millrace.kafka.record.CorruptEvents;
import io.millrace.kafka.session.KafkaSessions;
import io.millrace.kafka.tail.SharedTail;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The log port on a Kafka cluster.
 *
 * <p>Appends go through one idempotent producer with {@code acks=all}; readers see committed records only. While Kafka
 * does not answer, readers and tails wait and go on by themselves, appends fail with LOG_UNAVAILABLE (certainly not
 * stored) or PUBLISH_OUTCOME_UNKNOWN, and questions are refused with LOG_UNAVAILABLE. When nothing has been answered for
 * the time that a question may take, {@link #health} says so, and from then on appends, sessions and questions are
 * refused at once, certainly not stored, until Kafka answers again.
 *
 * <p>When the machine's clock goes back, the clients of Kafka are made anew (decision 0025).
 *
 * <p><b>Demand.</b> As {@link EventLog} says. All readers of history share {@link KafkaLogConfig#maxCatchUpReaders}
 * consumers in fair turns, and one that asks for nothing holds none of them; all tails share one consumer.
 *
 * <p><b>Write-through.</b> What this log has appended reaches its tails at Kafka's acknowledgement where it continues at
 * their position; whatever else is in the partition they read from Kafka. Both give the same events.
 *
 * <p><b>Integrity.</b> What is read from Kafka is held against the checksum that it was written with (decision 0022).
 *
 * <p><b>Publishers who name themselves</b> write in transactions (decision 0019), which readers see once they are
 * committed.
 *
 * <p><b>Threads.</b> Answers to appends come on the producer's network thread, others on the admin client's, readers on
 * threads of their own, tails on one of their own and on the producer's. None of them may be blocked.
 */
public final class KafkaEventLog implements EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaEventLog.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    /** So long a client that is made anew has for what it has under way. */
    private static final Duration RENEWAL_GRACE = Duration.ofSeconds(1);

    private final RenewableAdmin admin;
    private final TopicWatch watch;
    private final OwnSettings ownSettings;
    private final CorruptEvents corrupt = new CorruptEvents();
    private final KafkaTopics topics;
    private final PartitionOffsets offsets;
    private final KafkaAppender appender;
    private final CatchUpReaders readers;
    private final SharedTail tail;
    private final KafkaSessions sessions;
    private final KafkaHealth health;
    private final ClockWatch clockWatch;
    private volatile boolean closed;

    private KafkaEventLog(KafkaLogConfig config) {
        ClientProperties properties = new ClientProperties(config);
        admin = new RenewableAdmin(properties.admin());
        watch = new TopicWatch(admin);
        ownSettings = new OwnSettings(admin, properties.reader(), properties.producer(), config.requestTimeout());
        topics = new KafkaTopics(admin, watch, ownSettings, config.defaultReplicationFactor(), config.requestTimeout());
        offsets = new PartitionOffsets(admin, topics, config.requestTimeout());
        tail = new SharedTail(properties.tail(), watch);
        appender = new KafkaAppender(
                properties.producer(), topics, watch, config.bufferBytes(), config.deliveryTimeout(), tail);
        readers = new CatchUpReaders(config.maxCatchUpReaders(), properties.reader(), watch);
        sessions = new KafkaSessions(
                properties::session,
                properties.reader(),
                topics,
                offsets,
                config.requestTimeout(),
                ClientProperties.SESSION_TRANSACTION_TIMEOUT);
        health = new KafkaHealth(
                config.requestTimeout(), anyAnswer(admin, config.requestTimeout()), MonotonicClock.start());
        clockWatch = new ClockWatch(System::currentTimeMillis, System::nanoTime, this::renewClients);
        health.start();
        clockWatch.start();
    }

    /**
     * A log on this cluster. Does not wait for the cluster to answer; properties that cannot be are refused here.
     *
     * @throws org.apache.kafka.common.KafkaException when a client cannot be made of the configuration
     */
    public static KafkaEventLog connect(KafkaLogConfig config) {
        return new KafkaEventLog(config);
    }

    @Override
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        return unlessAway().then(health.watchingAppend(appender.append(topic, events)));
    }

    @Override
    public Mono<PublisherSession> openSession(String producerId) {
        return unlessAway().then(health.watching(Mono.defer(() -> sessions.open(producerId))));
    }

    @Override
    public Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset) {
        return unlessClosed()
                .thenMany(
                        fromOffset < toOffset
                                ? patiently(existing(partition))
                                        .flatMapMany(t -> readers.read(t, partition, checked(t), fromOffset, toOffset)
                                                .doOnNext(batch -> health.noteAnswer()))
                                : readNothing(partition, fromOffset));
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return unlessClosed()
                .thenMany(patiently(existing(partition))
                        .flatMapMany(topic -> patiently(health.watching(offsets.boundsOfExisting(partition)))
                                .flatMapMany(bounds -> tail.tail(topic, partition, checked(topic), bounds.end()))));
    }

    @Override
    public Mono<PartitionBounds> bounds(TopicPartition partition) {
        return unlessAway().then(health.watching(offsets.bounds(partition)));
    }

    @Override
    public Mono<PartitionBounds> boundsWith(TopicPartition partition, long offset) {
        return unlessAway().then(health.watching(offsets.boundsWith(partition, offset)));
    }

    @Override
    public Mono<Long> offsetAt(TopicPartition partition, Instant time) {
        return unlessAway().then(health.watching(offsets.offsetAt(partition, time)));
    }

    @Override
    public TopicAdmin topics() {
        return topics;
    }

    @Override
    public LogHealth health() {
        return health;
    }

    /** Bytes appended and not answered yet. */
    public long pendingAppendBytes() {
        return appender.pendingBytes();
    }

    /** Records read whose checksum was wrong; one that is read twice counts twice. */
    public long corruptEvents() {
        return corrupt.count();
    }

    /** Consumers that readers of history have open now. */
    public int openCatchUpConsumers() {
        return readers.workerCount();
    }

    @Override
    public void close() {
        closed = true;
        clockWatch.close();
        health.close();
        sessions.close();
        appender.close();
        watch.close();
        readers.close();
        tail.close();
        ownSettings.close();
        admin.close();
    }

    /**
     * Makes every client of Kafka anew, because those that there are may wait for as long as the clock went back. Readers
     * and tails go on at their places; sessions end, and what is under way has a moment to be answered. Waits for it.
     */
    void renewClients(Duration clockWentBack) {
        String what = "the server's clock has gone back by " + clockWentBack.toSeconds() + " s";
        LOG.warn("{}; clients of Kafka, which wait by it, are made anew", what);
        tail.renew();
        readers.renew();
        admin.renew(RENEWAL_GRACE);
        sessions.end(
                Refusal.of(
                        Reason.LOG_UNAVAILABLE, what + "; whether the last events are stored, the next session knows"),
                RENEWAL_GRACE);
        appender.renew(RENEWAL_GRACE);
    }

    private Mono<TopicView> existing(TopicPartition partition) {
        return health.watching(topics.view(partition.topic()).delayUntil(topic -> ownSettings.refreshed()))
                .map(topic -> topic.requirePartition(partition));
    }

    private CheckedRecords checked(TopicView topic) {
        return new CheckedRecords(corrupt, () -> ownSettings.isStrict(topic.uid()));
    }

    private Flux<LogBatch> readNothing(TopicPartition partition, long offset) {
        return offsets.bounds(partition)
                .doOnNext(bounds -> requireWithin(bounds, partition, offset))
                .thenMany(Flux.empty());
    }

    private static void requireWithin(PartitionBounds bounds, TopicPartition partition, long offset) {
        String name = partition.toString();
        if (offset < bounds.earliest()) {
            throw Refusal.offsetExpired(name, offset, bounds.earliest()).asException();
        }
        if (offset > bounds.end()) {
            throw Refusal.offsetOutOfRange(name, offset, bounds.earliest(), bounds.end())
                    .asException();
        }
    }

    /** Asks again, later and later, for as long as Kafka does not answer. */
    private <T> Mono<T> patiently(Mono<T> question) {
        return question.retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_RETRY)
                .maxBackoff(LAST_RETRY)
                .filter(error -> !closed && Reason.LOG_UNAVAILABLE.isOf(error)));
    }

    /** What any broker of the cluster answers from memory. */
    private static Mono<?> anyAnswer(RenewableAdmin admin, Duration silence) {
        Duration soonerThanAnybodyLeaves =
                KafkaHealth.questionTimeout(silence).multipliedBy(9).dividedBy(10);
        DescribeClusterOptions options =
                new DescribeClusterOptions().timeoutMs(Math.toIntExact(soonerThanAnybodyLeaves.toMillis()));
        return KafkaAnswers.ask("", () -> admin.get().describeCluster(options).clusterId());
    }

    /** Refuses while Kafka is away, before anything is begun. */
    private Mono<Void> unlessAway() {
        return unlessClosed()
                .then(Mono.defer(() -> health.isAvailable()
                        ? Mono.empty()
                        : Mono.error(health.refusal().asException())));
    }

    private Mono<Void> unlessClosed() {
        return Mono.defer(() -> closed
                ? Mono.error(
                        Refusal.of(Reason.LOG_UNAVAILABLE, "the log is closed").asException())
                : Mono.empty());
    }
}
