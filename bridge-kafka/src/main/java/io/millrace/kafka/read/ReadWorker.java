// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.read;

import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.kafka.admin.TopicWatch;
import io.millrace.kafka.record.CheckedRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread with one consumer that serves readers in turns.
 *
 * <p>A batch is what one poll brings, cut at the reader's end. The consumer's position afterwards, not the last record,
 * is where the batch ends: it lies behind transaction markers, aborted records and what compaction removed. After an
 * error that may pass, the reader keeps its place and the consumer is made anew.
 */
final class ReadWorker {
    private static final Logger LOG = LoggerFactory.getLogger(ReadWorker.class);
    private static final long TURN_NANOS = Duration.ofMillis(100).toNanos();
    private static final long BACKOFF_NANOS = Duration.ofMillis(200).toNanos();
    private static final Duration POSITION_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration WAIT_ALONE = Duration.ofMillis(250);
    private static final Duration WAIT_IN_COMPANY = Duration.ofMillis(50);

    private final CatchUpReaders readers;
    private final Map<String, Object> properties;
    private final TopicWatch watch;
    private final Thread thread;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile @Nullable CatchUpReader standsAt;
    private volatile boolean renewed;
    private @Nullable CatchUpReader handed;

    ReadWorker(CatchUpReaders readers, Map<String, Object> properties, TopicWatch watch) {
        this.watch = watch;
        this.readers = readers;
        this.properties = properties;
        this.thread = new Thread(this::run, "millrace-catch-up");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Guarded by the lock of the readers. */
    void take(CatchUpReader reader) {
        handed = reader;
    }

    /** Guarded by the lock of the readers. */
    @Nullable
    CatchUpReader taken() {
        CatchUpReader reader = handed;
        handed = null;
        return reader;
    }

    boolean standsAt(CatchUpReader reader) {
        return standsAt == reader;
    }

    void wakeup() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }

    /** The readers keep their places, and go on with another consumer. */
    void renew() {
        renewed = true;
        wakeup();
    }

    private void run() {
        try {
            for (CatchUpReader reader = readers.next(this); reader != null; reader = readers.next(this)) {
                serve(reader);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeConsumer();
        }
    }

    private void serve(CatchUpReader reader) {
        int notes = reader.notes();
        long turnEndNanos = System.nanoTime() + TURN_NANOS;
        reader.servedBy(this);
        boolean wantsMore = reader.wantsBatch();
        while (wantsMore && (System.nanoTime() - turnEndNanos < 0 || !readers.othersWait())) {
            step(reader);
            notes = reader.notes();
            wantsMore = reader.wantsBatch();
        }
        reader.endTurn(notes, wantsMore);
    }

    private void step(CatchUpReader reader) {
        try {
            LogBatch batch = poll(reader);
            if (batch != null) {
                reader.emit(batch);
            }
        } catch (OffsetOutOfRangeException e) {
            standsAt = null;
            failOutOfRange(reader);
        } catch (WakeupException e) {
            LOG.debug("woken to close, or to go on with another consumer");
        } catch (RetriableException e) {
            standsAt = null;
            LOG.debug("reading {} again", reader.partition(), e);
            LockSupport.parkNanos(BACKOFF_NANOS);
        } catch (AuthenticationException | AuthorizationException e) {
            closeConsumer();
            reader.fail(e);
        } catch (RefusedException e) {
            reader.fail(e);
        } catch (KafkaException e) {
            LOG.warn("reading {} with a new consumer", reader.partition(), e);
            closeConsumer();
            LockSupport.parkNanos(BACKOFF_NANOS);
        } catch (RuntimeException e) {
            reader.fail(e);
        }
    }

    private @Nullable LogBatch poll(CatchUpReader reader) {
        TopicPartition partition = kafkas(reader);
        KafkaConsumer<byte[], byte[]> open = positioned(reader, partition);
        List<ConsumerRecord<byte[], byte[]>> records =
                open.poll(readers.othersWait() ? WAIT_IN_COMPANY : WAIT_ALONE).records(partition);
        long from = reader.position();
        long next = Math.min(open.position(partition, POSITION_TIMEOUT), reader.toOffset());
        return next <= from ? null : new LogBatch(from, next, events(records, next, reader.checked()));
    }

    private static List<StoredEvent> events(
            List<ConsumerRecord<byte[], byte[]>> records, long beforeOffset, CheckedRecords checked) {
        List<StoredEvent> events = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.offset() < beforeOffset) {
                events.add(checked.stored(record));
            }
        }
        return events;
    }

    private KafkaConsumer<byte[], byte[]> positioned(CatchUpReader reader, TopicPartition partition) {
        if (renewed) {
            renewed = false;
            closeConsumer();
        }
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open == null) {
            open = new KafkaConsumer<>(properties);
            consumer = open;
        }
        if (standsAt != reader) {
            open.assign(Set.of(partition));
            open.seek(partition, reader.position());
            standsAt = reader;
        }
        return open;
    }

    private void failOutOfRange(CatchUpReader reader) {
        TopicPartition partition = kafkas(reader);
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open == null) {
            return;
        }
        try {
            watch.lookNow(LOOK_TIMEOUT); // a topic made again begins anew; this thread waits for Kafka anyway
            long earliest = open.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            long end = open.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            long asked = reader.position();
            String name = reader.partition().toString();
            Refusal refusal = asked < earliest
                    ? Refusal.offsetExpired(name, asked, earliest)
                    : Refusal.offsetOutOfRange(name, asked, earliest, end);
            reader.fail(refusal.asException());
        } catch (KafkaException e) {
            LOG.debug("the bounds of {} are not known yet", reader.partition(), e);
        }
    }

    private void closeConsumer() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        consumer = null;
        standsAt = null;
        if (open != null) {
            open.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private static TopicPartition kafkas(CatchUpReader reader) {
        return new TopicPartition(
                reader.partition().topic().value(), reader.partition().partition());
    }
}
