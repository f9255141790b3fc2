// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import java.util.List;

/**
 * A run of one partition, in offset order: the events of {@code [fromOffset, nextOffset)}.
 *
 * <p>Offsets need not be dense: compaction and transaction markers use some up. A batch may hold no event at all and
 * still move the reader on to {@code nextOffset}. The next batch of the same reader begins there.
 *
 * @param fromOffset where the reader stood
 * @param nextOffset where it stands now
 * @param events the events between, in order
 */
public record LogBatch(long fromOffset, long nextOffset, List<StoredEvent> events) {
    /** Checks that the batch moves forward. */
    public LogBatch {
        if (fromOffset > nextOffset) {
            throw new IllegalArgumentException("batch runs backwards: " + fromOffset + " to " + nextOffset);
        }
    }
}
