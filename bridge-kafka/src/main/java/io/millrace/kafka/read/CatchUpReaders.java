// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.read;

import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.admin.TopicWatch;
import io.millrace.kafka.record.CheckedRecords;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * Any number of readers on a bounded number of consumers.
 *
 * <p>Only a reader that has demand takes part: it waits for a worker in the order of asking, is served for a turn and,
 * where it asks for more, goes to the back of the line. A reader without demand holds nothing, however long it stalls;
 * the worker that served it last keeps its consumer there until somebody else needs it, so that a reader who asks again
 * soon does not begin by seeking.
 *
 * <p>Workers are started by need and end after a minute without work. Thread-safe.
 */
public final class CatchUpReaders implements AutoCloseable {
    private static final long IDLE_SECONDS = 60;

    private final int maxWorkers;
    private final Map<String, Object> consumerProperties;
    private final TopicWatch watch;

    private final Object lock = new Object();
    private final Queue<CatchUpReader> line = new ArrayDeque<>();
    private final Set<ReadWorker> idle = new LinkedHashSet<>();
    private final List<ReadWorker> workers = new ArrayList<>();
    private boolean closed;

    /** Readers that share at most {@code maxWorkers} consumers. */
    public CatchUpReaders(int maxWorkers, Map<String, Object> consumerProperties, TopicWatch watch) {
        this.maxWorkers = maxWorkers;
        this.consumerProperties = consumerProperties;
        this.watch = watch;
    }

    /**
     * A reader of {@code [fromOffset, toOffset)} of a partition that the topic has.
     *
     * @param checked makes the events of the topic
     */
    public Flux<LogBatch> read(
            TopicView topic, TopicPartition partition, CheckedRecords checked, long fromOffset, long toOffset) {
        return Flux.from(actual -> {
            CatchUpReader reader = new CatchUpReader(
                    this, partition, checked, Operators.toCoreSubscriber(actual), fromOffset, toOffset);
            reader.start(topic, watch);
        });
    }

    /** Consumers open now. */
    public int workerCount() {
        synchronized (lock) {
            return workers.size();
        }
    }

    /** The reader has something to do: it gets a worker, or stands in line. */
    void enter(CatchUpReader reader) {
        synchronized (lock) {
            ReadWorker worker = freeWorker(reader);
            if (worker == null) {
                line.add(reader);
            } else {
                worker.take(reader);
                lock.notifyAll();
            }
        }
    }

    private @Nullable ReadWorker freeWorker(CatchUpReader reader) {
        ReadWorker last = reader.lastWorker();
        if (last != null && last.standsAt(reader) && idle.remove(last)) {
            return last;
        }
        if (workers.size() < maxWorkers) {
            ReadWorker fresh = new ReadWorker(this, consumerProperties, watch);
            workers.add(fresh);
            fresh.start();
            return fresh;
        }
        if (idle.isEmpty()) {
            return null;
        }
        ReadWorker longestIdle = idle.iterator().next();
        idle.remove(longestIdle);
        return longestIdle;
    }

    /** The next reader for a worker, waited for; {@code null} when the worker shall end. */
    @Nullable
    CatchUpReader next(ReadWorker worker) throws InterruptedException {
        synchronized (lock) {
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
            while (true) {
                CatchUpReader reader = worker.taken();
                reader = reader == null ? line.poll() : reader;
                if (reader != null) {
                    idle.remove(worker);
                    return reader;
                }
                if (closed) {
                    break;
                }
                idle.add(worker);
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (leftMillis <= 0) {
                    break;
                }
                lock.wait(leftMillis);
            }
            idle.remove(worker);
            workers.remove(worker);
            return null;
        }
    }

    boolean othersWait() {
        synchronized (lock) {
            return closed || !line.isEmpty();
        }
    }

    /** Makes the consumers anew; all readers go on at their places. Does not wait. */
    public void renew() {
        List<ReadWorker> all;
        synchronized (lock) {
            all = List.copyOf(workers);
        }
        all.forEach(ReadWorker::renew);
    }

    /** Ends the workers once nobody stands in line. The watch has told the readers before. */
    @Override
    public void close() {
        List<ReadWorker> ending;
        synchronized (lock) {
            closed = true;
            ending = List.copyOf(workers);
            lock.notifyAll();
        }
        ending.forEach(ReadWorker::wakeup);
    }
}
