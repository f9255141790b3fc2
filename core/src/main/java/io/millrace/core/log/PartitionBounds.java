// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

/**
 * What a partition holds at one moment.
 *
 * @param earliest the oldest retained offset
 * @param end the offset after the last committed record: where the next one will be visible
 */
public record PartitionBounds(long earliest, long end) {
    /** True when {@code offset} may be read from: something is there or will be. */
    public boolean contains(long offset) {
        return offset >= earliest && offset <= end;
    }
}
