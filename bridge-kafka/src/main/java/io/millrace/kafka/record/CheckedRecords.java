// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import io.millrace.core.log.Integrity;
import io.millrace.core.log.StoredEvent;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The records of one topic as events, each held against its checksum. One that is not what was published is counted, and
 * flagged, or withheld where the topic is strict. Thread-safe.
 */
public final class CheckedRecords {
    private final CorruptEvents corrupt;
    private final BooleanSupplier strict;

    /**
     * @param corrupt counts
     * @param strict whether the topic withholds what is corrupt; asked only when something is
     */
    public CheckedRecords(CorruptEvents corrupt, BooleanSupplier strict) {
        this.corrupt = corrupt;
        this.strict = strict;
    }

    /** The event of a record, at its place. */
    public StoredEvent stored(ConsumerRecord<byte[], byte[]> record) {
        StoredEvent stored = EventRecord.stored(record);
        if (stored.integrity() == Integrity.SOUND) {
            return stored;
        }
        corrupt.add(record);
        return strict.getAsBoolean() ? stored.withheld() : stored;
    }
}
