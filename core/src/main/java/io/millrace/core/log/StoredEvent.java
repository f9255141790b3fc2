// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.event.Event;

/**
 * An event at its place in a partition.
 *
 * @param offset its offset
 * @param recordTimeMillis the log's own time of the record, in milliseconds since 1970; rules retention
 * @param event the event
 */
public record StoredEvent(long offset, long recordTimeMillis, Event event) {}
