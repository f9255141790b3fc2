// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.event.Event;

/**
 * An event at its place in a partition.
 *
 * @param offset its offset
 * @param recordTimeMillis the log's own time of the record, in milliseconds since 1970; rules retention
 * @param event the event; one with nothing set where it is withheld
 * @param integrity whether it is the one that was published
 */
public record StoredEvent(long offset, long recordTimeMillis, Event event, Integrity integrity) {
    private static final Event NOTHING = Event.builder().build();

    /** An event that is as it was published. */
    public StoredEvent(long offset, long recordTimeMillis, Event event) {
        this(offset, recordTimeMillis, event, Integrity.SOUND);
    }

    /** The same place without the event: readers are told that one is missing there. */
    public StoredEvent withheld() {
        return new StoredEvent(offset, recordTimeMillis, NOTHING, Integrity.WITHHELD);
    }

    /** True when the event must not be shown. */
    public boolean isWithheld() {
        return integrity == Integrity.WITHHELD;
    }
}
