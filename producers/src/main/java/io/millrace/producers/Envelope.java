// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.core.event.Event;

/** Fills in what an event must have and its maker left out. Thread-safe. */
final class Envelope {
    private static final String DEFAULT_TYPE = "millrace.event";

    private final String source;
    private final UuidV7 ids = new UuidV7();

    /** Events without a source get this one. */
    Envelope(String source) {
        this.source = source;
    }

    /** The event with id, source and type. */
    Event complete(Event event) {
        if (!event.id().isEmpty() && !event.source().isEmpty() && !event.type().isEmpty()) {
            return event;
        }
        return event.toBuilder()
                .id(event.id().isEmpty() ? ids.next() : event.id())
                .source(event.source().isEmpty() ? source : event.source())
                .type(event.type().isEmpty() ? DEFAULT_TYPE : event.type())
                .build();
    }
}
