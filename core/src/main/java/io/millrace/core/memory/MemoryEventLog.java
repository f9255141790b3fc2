// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.LogHealth;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.log.RecordTime;
import io.millrace.core.log.TopicAdmin;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The log port in memory: everything the contract asks for except surviving the program.
 *
 * <p>It is bounded: a partition keeps {@code retention.bytes} (or {@link MemoryLogConfig#partitionBytes}), the log as a
 * whole {@link MemoryLogConfig#totalBytes}. What is older goes in segments of about 256 KiB, and reading there is
 * refused with OFFSET_EXPIRED. {@code retention.ms} and {@code max.message.bytes} hold too; there is no compaction.
 *
 * <p><b>Demand.</b> As {@link EventLog} says. A batch is a window on what is stored, at most one segment: nothing is
 * copied, and a tail that asks for everything gets what has been appended since the last batch.
 *
 * <p><b>Threads.</b> Appends, answers about offsets and administration are done at once on the thread that subscribes.
 * Readers are signalled on a few threads of this log, all those of a partition on the same one.
 *
 * <p><b>Memory.</b> A topic that nobody has used yet costs about what its name and settings are: its partitions are made
 * when somebody first asks for them.
 */
public final class MemoryEventLog implements EventLog {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final Scheduler scheduler = Schedulers.newParallel("millrace-memory-log", THREADS, true);
    private final List<Scheduler.Worker> workers =
            Stream.generate(scheduler::createWorker).limit(THREADS).toList();
    private final AtomicInteger partitionsMade = new AtomicInteger();
    private final MemoryLogConfig config;
    private final MemoryBudget budget;
    private final MemoryTopics topics;
    private final MemoryPublishers publishers;

    private MemoryEventLog(MemoryLogConfig config) {
        this.config = config;
        this.budget = new MemoryBudget(config.totalBytes());
        this.topics = new MemoryTopics((name, uid, settings) ->
                new MemoryTopic(name, uid, settings, config.partitionBytes(), this::makePartition));
        this.publishers = new MemoryPublishers(topics);
    }

    /** An empty log with the defaults. */
    public static MemoryEventLog create() {
        return create(MemoryLogConfig.defaults());
    }

    /** An empty log. */
    public static MemoryEventLog create(MemoryLogConfig config) {
        return new MemoryEventLog(config);
    }

    @Override
    public Mono<AppendResult> append(TopicName topic, List<Event> events) {
        return topics.with(topic, t -> t.append(events));
    }

    @Override
    public Mono<PublisherSession> openSession(String producerId) {
        return publishers.open(producerId);
    }

    @Override
    public Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset) {
        return follow(partition, (p, actual) -> MemoryReader.read(p, actual, fromOffset, toOffset));
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return follow(partition, MemoryReader::tail);
    }

    @Override
    public Mono<PartitionBounds> bounds(TopicPartition partition) {
        return with(partition, MemoryPartition::bounds);
    }

    @Override
    public Mono<Long> offsetAt(TopicPartition partition, Instant time) {
        return with(partition, p -> p.offsetAt(RecordTime.notBefore(time)));
    }

    @Override
    public TopicAdmin topics() {
        return topics;
    }

    @Override
    public LogHealth health() {
        return LogHealth.ALWAYS;
    }

    /** Bytes kept now, with what their objects weigh. */
    public long usedBytes() {
        return budget.usedBytes();
    }

    /** Ends every reader with LOG_UNAVAILABLE and lets go of the events. Does not wait. */
    @Override
    public void close() {
        topics.close(Refusal.of(Reason.LOG_UNAVAILABLE, "the log is closed"));
        scheduler.disposeGracefully().subscribe();
    }

    /** Readers that are not released yet, of all kinds. */
    int readerCount(TopicPartition partition) {
        return topics.find(partition.topic()).partition(partition.partition()).readerCount();
    }

    private MemoryPartition makePartition(TopicPartition name) {
        int worker = Math.floorMod(partitionsMade.getAndIncrement(), THREADS);
        return new MemoryPartition(name, config.clock(), budget, workers.get(worker));
    }

    private <T> Mono<T> with(TopicPartition partition, Function<MemoryPartition, T> question) {
        return topics.with(partition.topic(), t -> question.apply(t.partition(partition.partition())));
    }

    private Flux<LogBatch> follow(
            TopicPartition partition, BiConsumer<MemoryPartition, CoreSubscriber<? super LogBatch>> start) {
        return Flux.from(actual -> {
            CoreSubscriber<? super LogBatch> subscriber = Operators.toCoreSubscriber(actual);
            MemoryPartition found;
            try {
                found = topics.find(partition.topic()).partition(partition.partition());
            } catch (RefusedException refused) {
                Operators.error(subscriber, refused);
                return;
            }
            start.accept(found, subscriber);
        });
    }
}
