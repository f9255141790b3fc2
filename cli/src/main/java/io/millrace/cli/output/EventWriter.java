// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

/** Writes events to standard output, one after another. Used by one thread at a time; nothing is flushed here. */
public interface EventWriter {
    /** Writes one event. */
    void write(DeliveredEvent event);

    /** Writes what belongs after the last event, also when there was none. */
    default void end() {}
}
