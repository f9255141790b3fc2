// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.kafka.admin.TopicWatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of the shared tail: hears the news, polls, hands out what came, over and over. */
final class TailLoop {
    /* Notes. A round costs what has moved, however many partitions are followed: only those with news, acknowledgements
     * or records, and those that acknowledgements lead, are looked at. Kafka's consumer goes over all of them only when
     * it builds a fetch.
     */
    private static final Logger LOG = LoggerFactory.getLogger(TailLoop.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(2);
    private static final long BACKOFF_NANOS = Duration.ofMillis(200).toNanos();

    private final Map<String, Object> properties;
    private final BlockingQueue<Tail> news;
    private final TopicWatch watch;
    private final Thread thread;
    private final Map<TopicPartition, PartitionTail> partitions = new HashMap<>();
    private final Map<io.millrace.core.topic.TopicPartition, PartitionTail> followed = new ConcurrentHashMap<>();
    private final Rests rests = new Rests();

    /** Those that the consumer does not stand at yet. */
    private final Set<PartitionTail> unplaced = new HashSet<>();

    private boolean assignmentChanged;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean renewed;
    private volatile boolean closed;

    TailLoop(Map<String, Object> properties, BlockingQueue<Tail> news, TopicWatch watch) {
        this.watch = watch;
        this.properties = properties;
        this.news = news;
        this.thread = new Thread(this::run, "millrace-tail");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** What follows this partition now, or {@code null}. From any thread. */
    @Nullable
    PartitionTail followed(io.millrace.core.topic.TopicPartition partition) {
        return followed.get(partition);
    }

    /** Acknowledgements have come to a partition: whether it is to be read may have changed. From any thread. */
    void stirred(PartitionTail shared) {
        rests.stirred(shared);
    }

    /** Ends the current poll, for there is news. */
    void wakeup() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }

    /** Goes on at the same positions with another consumer. */
    void renew() {
        renewed = true;
        wakeup();
    }

    void close() {
        closed = true;
        wakeup();
    }

    private void run() {
        try {
            while (!closed || !news.isEmpty()) {
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeConsumer();
        }
    }

    private void round() throws InterruptedException {
        if (partitions.isEmpty()) {
            rests.clear();
            Tail tail = news.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
            if (tail != null) {
                hear(tail);
            }
        }
        for (Tail tail = news.poll(); tail != null; tail = news.poll()) {
            hear(tail);
        }
        if (!partitions.isEmpty()) {
            follow();
        }
    }

    private void hear(Tail tail) {
        TopicPartition partition = new TopicPartition(
                tail.partition().topic().value(), tail.partition().partition());
        PartitionTail known = partitions.get(partition);
        PartitionTail shared =
                known == null ? new PartitionTail(partition, tail.topicUid(), tail.checked(), tail.liveEnd()) : known;
        boolean goesOn = shared.hear(tail);
        rests.stirred(shared);
        if (goesOn && known == null) {
            partitions.put(partition, shared);
            unplaced.add(shared);
            followed.put(tail.partition(), shared);
            assignmentChanged = true;
        } else if (!goesOn && known != null) {
            forget(shared);
        }
    }

    private void follow() {
        try {
            KafkaConsumer<byte[], byte[]> open = assigned();
            boolean led = rests.apply(open, partitions, System.nanoTime());
            handOut(open.poll(led ? PartitionTail.LEAD : POLL));
        } catch (WakeupException e) {
            LOG.trace("there is news");
        } catch (OffsetOutOfRangeException e) {
            failOutOfRange(e);
        } catch (TopicAuthorizationException e) {
            failUnauthorized(e);
        } catch (RetriableException e) {
            LOG.debug("following again", e);
            LockSupport.parkNanos(BACKOFF_NANOS);
        } catch (KafkaException e) {
            LOG.warn("following with a new consumer", e);
            closeConsumer();
            LockSupport.parkNanos(BACKOFF_NANOS);
        }
    }

    private KafkaConsumer<byte[], byte[]> assigned() {
        if (renewed) {
            renewed = false;
            closeConsumer();
        }
        KafkaConsumer<byte[], byte[]> open = consumer == null ? opened() : consumer;
        if (assignmentChanged) {
            open.assign(partitions.keySet());
            unplaced.forEach(shared -> place(open, shared));
            unplaced.clear();
            assignmentChanged = false;
        }
        return open;
    }

    private KafkaConsumer<byte[], byte[]> opened() {
        KafkaConsumer<byte[], byte[]> open = new KafkaConsumer<>(properties);
        consumer = open;
        assignmentChanged = true;
        rests.clear();
        unplaced.addAll(partitions.values());
        return open;
    }

    private void place(KafkaConsumer<byte[], byte[]> open, PartitionTail shared) {
        if (partitions.get(shared.partition()) == shared) {
            open.seek(shared.partition(), shared.position());
            rests.begin(open, shared);
        }
    }

    private void handOut(ConsumerRecords<byte[], byte[]> records) {
        records.nextOffsets().forEach((partition, next) -> {
            PartitionTail shared = partitions.get(partition);
            if (shared != null) {
                shared.advance(records.records(partition), next.offset());
                rests.stirred(shared);
            }
        });
    }

    /** Tells the tails of these partitions, unless Kafka does not answer: the next poll finds the same then. */
    private void failOutOfRange(OffsetOutOfRangeException found) {
        try {
            watch.lookNow(LOOK_TIMEOUT); // a topic made again begins anew; this thread waits for Kafka anyway
            found.offsetOutOfRangePartitions().forEach(this::failExpired);
        } catch (TimeoutException e) {
            LOG.debug("out of range, and no word whether the topics are still there", e);
        }
    }

    private void failExpired(TopicPartition partition, long asked) {
        PartitionTail shared = partitions.get(partition);
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open != null && shared != null && asked < shared.position()) {
            open.seek(partition, shared.position()); // acknowledgements have led, and retention was there first
            return;
        }
        String where = partition.topic() + "/" + partition.partition();
        drop(
                partition,
                Refusal.of(Reason.OFFSET_EXPIRED, "offset " + asked + " of " + where + " is gone from the log")
                        .asException());
    }

    private void failUnauthorized(TopicAuthorizationException e) {
        List.copyOf(partitions.keySet()).stream()
                .filter(partition -> e.unauthorizedTopics().contains(partition.topic()))
                .forEach(partition -> drop(partition, e));
    }

    private void drop(TopicPartition partition, Throwable error) {
        PartitionTail shared = partitions.get(partition);
        if (shared != null) {
            forget(shared);
            shared.fail(error);
        }
    }

    private void forget(PartitionTail shared) {
        TopicPartition partition = shared.partition();
        partitions.remove(partition);
        followed.remove(
                new io.millrace.core.topic.TopicPartition(new TopicName(partition.topic()), partition.partition()));
        unplaced.remove(shared);
        rests.end(shared);
        assignmentChanged = true;
    }

    private void closeConsumer() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        consumer = null;
        if (open != null) {
            open.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
