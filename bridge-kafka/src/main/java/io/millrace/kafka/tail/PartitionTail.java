// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.kafka.record.CheckedRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The tails of one partition and the position they share. What comes next comes from two sides: the loop brings what it
 * has read, and the appender offers what Kafka has acknowledged. Each side gives only what continues at the position, so
 * nothing comes twice and nothing is left out, whichever is first.
 *
 * <p><b>Threads.</b> The loop and the appender's thread of acknowledgements. Batches are handed out under this object's monitor,
 * which is what puts them in a row; a tail's demand and cancel never take it, and its subscriber must not block.
 */
final class PartitionTail {
    /* Notes. Why an acknowledged run at the position may be shown at once: the reader is at the position, and it reads
     * committed records only, so no transaction is open before it and every offset before it has been passed; the run
     * itself has no holes, is no part of a transaction, and is on all replicas (acks=all).
     *
     * While acknowledgements keep coming one after another, reading the same records back is waste: the partition is led
     * by them and the loop lets it rest. A run that does not continue at the position means that others write too: the
     * loop is called at once. When none comes for LEAD the loop reads again, so a record of somebody else is late by that
     * at most; after a large run, which takes longer to come and to read back, only after LONG_LEAD.
     *
     * Runs of one topic come in the order of their offsets. One that begins lower than an earlier one has ended is of a
     * topic that was made again; this tail takes no more of them, and TopicWatch will end it.
     */
    static final Duration LEAD = Duration.ofMillis(20);

    static final Duration LONG_LEAD = Duration.ofMillis(100);
    private static final int LARGE_RUN = 500;

    private final TopicPartition partition;
    private final String topicUid;
    private final CheckedRecords checked;
    private final AtomicBoolean stirred = new AtomicBoolean();
    private final Set<Tail> tails = new LinkedHashSet<>();
    private volatile long position;
    private long offeredTo;
    private boolean madeAgain;
    private boolean led;
    private long ledToNanos;

    PartitionTail(TopicPartition partition, String topicUid, CheckedRecords checked, long position) {
        this.partition = partition;
        this.topicUid = topicUid;
        this.checked = checked;
        this.position = position;
    }

    /** Lets a tail join, or takes its news. False when nobody is left. */
    synchronized boolean hear(Tail tail) {
        if (tail.hear(position)) {
            tails.add(tail);
        } else {
            tails.remove(tail);
        }
        return !tails.isEmpty();
    }

    /** True when somebody asks for more and acknowledgements do not lead. */
    synchronized boolean wantsReading(long nowNanos) {
        led = led && nowNanos - ledToNanos < 0;
        return !led && isReady();
    }

    /** True while acknowledgements lead. */
    synchronized boolean isLed() {
        return led;
    }

    /** Hands out what was read up to {@code nextOffset}, as far as it is new. */
    void advance(List<ConsumerRecord<byte[], byte[]>> records, long nextOffset) {
        if (nextOffset <= position) {
            return;
        }
        List<StoredEvent> events = decode(records);
        synchronized (this) {
            if (nextOffset > position) {
                emit(new LogBatch(position, nextOffset, notBefore(position, events)));
            }
        }
    }

    /**
     * Takes a run without holes that Kafka has acknowledged.
     *
     * @return true when the loop rests here and has to read now, for there is something before the run
     */
    synchronized boolean offer(String uid, LogBatch run, long nowNanos) {
        if (!uid.equals(topicUid)) {
            return false;
        }
        madeAgain |= run.fromOffset() < offeredTo;
        if (madeAgain || run.nextOffset() <= position) {
            return false;
        }
        offeredTo = run.nextOffset();
        if (run.fromOffset() > position || !isReady()) {
            boolean loopRests = led;
            led = false;
            return loopRests;
        }
        led = true;
        ledToNanos = nowNanos + (run.events().size() < LARGE_RUN ? LEAD : LONG_LEAD).toNanos();
        emit(new LogBatch(position, run.nextOffset(), notBefore(position, run.events())));
        return false;
    }

    synchronized void fail(Throwable error) {
        tails.forEach(tail -> tail.fail(error));
    }

    /** Notes that something has happened here. False when that is noted already. */
    boolean stir() {
        return stirred.compareAndSet(false, true);
    }

    /** Takes the note back, before looking at what has happened. */
    void settle() {
        stirred.set(false);
    }

    TopicPartition partition() {
        return partition;
    }

    long position() {
        return position;
    }

    private boolean isReady() {
        return tails.stream().allMatch(Tail::isReady);
    }

    private void emit(LogBatch batch) {
        position = batch.nextOffset();
        tails.forEach(tail -> tail.emit(batch));
    }

    /** The events of the records that nobody has seen yet. */
    private List<StoredEvent> decode(List<ConsumerRecord<byte[], byte[]>> records) {
        long from = position;
        List<StoredEvent> events = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.offset() >= from) {
                events.add(checked.stored(record));
            }
        }
        return events;
    }

    private static List<StoredEvent> notBefore(long offset, List<StoredEvent> events) {
        int first = 0;
        while (first < events.size() && events.get(first).offset() < offset) {
            first++;
        }
        return first == 0 ? events : List.copyOf(events.subList(first, events.size()));
    }
}
