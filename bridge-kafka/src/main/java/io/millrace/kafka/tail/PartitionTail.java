// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.kafka.record.EventRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The tails of one partition and the position they share. Belongs to the loop. */
final class PartitionTail {
    private final Set<Tail> tails = new LinkedHashSet<>();
    private long position;

    PartitionTail(long position) {
        this.position = position;
    }

    /** Lets a tail join, or takes its news. False when nobody is left. */
    boolean hear(Tail tail) {
        if (tail.hear(position)) {
            tails.add(tail);
        } else {
            tails.remove(tail);
        }
        return !tails.isEmpty();
    }

    boolean isReady() {
        return tails.stream().allMatch(Tail::isReady);
    }

    void advance(List<ConsumerRecord<byte[], byte[]>> records, long nextOffset) {
        if (nextOffset > position) {
            List<StoredEvent> events = new ArrayList<>(records.size());
            records.forEach(record -> events.add(EventRecord.stored(record)));
            LogBatch batch = new LogBatch(position, nextOffset, events);
            position = nextOffset;
            tails.forEach(tail -> tail.emit(batch));
        }
    }

    void fail(Throwable error) {
        tails.forEach(tail -> tail.fail(error));
    }

    long position() {
        return position;
    }
}
