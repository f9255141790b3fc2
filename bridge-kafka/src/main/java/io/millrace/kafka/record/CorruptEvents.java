// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the records whose checksum was wrong when they were read; one that is read twice counts twice. Tells the log of
 * the program of the first, second, fourth, eighth and so on. Thread-safe.
 */
public final class CorruptEvents {
    private static final Logger LOG = LoggerFactory.getLogger(CorruptEvents.class);

    private final AtomicLong count = new AtomicLong();

    /** How many. */
    public long count() {
        return count.get();
    }

    void add(ConsumerRecord<?, ?> record) {
        long now = count.incrementAndGet();
        if (Long.bitCount(now) == 1) {
            LOG.warn(
                    "{} records read whose checksum is wrong, the last one {}/{} at offset {}",
                    now,
                    record.topic(),
                    record.partition(),
                    record.offset());
        }
    }
}
