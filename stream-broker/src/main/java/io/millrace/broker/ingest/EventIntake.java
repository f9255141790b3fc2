// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.broker.limits.BrokerLimits;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.wire.EventCodec;
import java.util.regex.Pattern;

/** Checks the events that clients send and completes what they left out. Thread-safe. */
final class EventIntake {
    private static final String DEFAULT_TYPE = "millrace.event";
    private static final String DEFAULT_SOURCE = "millrace";

    /** CloudEvents 1.0, "Naming conventions": lower-case letters and digits. */
    private static final Pattern EXTENSION_NAME = Pattern.compile("[a-z0-9]{1,64}");

    private final BrokerLimits limits;

    EventIntake(BrokerLimits limits) {
        this.limits = limits;
    }

    /** The event to be stored. Errors with EVENT_TOO_LARGE, EVENT_INVALID or NOT_SUPPORTED. */
    Event accept(io.millrace.v1.Event message) {
        int bytes = message.getSerializedSize();
        if (bytes > limits.maxEventBytes()) {
            throw Refusal.eventTooLarge(bytes, limits.maxEventBytes()).asException();
        }
        refuseIf(message.hasDeliverAt(), "event.deliver_at");
        refuseIf(message.hasTimeToLive(), "event.time_to_live");
        if (message.getExtensionsCount() > 0) {
            message.getExtensionsMap().keySet().forEach(EventIntake::checkExtensionName);
        }
        return completed(EventCodec.toEvent(message));
    }

    private static void checkExtensionName(String name) {
        if (!EXTENSION_NAME.matcher(name).matches()) {
            throw Refusal.of(Reason.EVENT_INVALID, "extension name '" + name + "' is not 1..64 of [a-z0-9]")
                    .asException();
        }
    }

    private static void refuseIf(boolean unsupported, String field) {
        if (unsupported) {
            throw Refusal.of(Reason.NOT_SUPPORTED, field).asException();
        }
    }

    private static Event completed(Event event) {
        if (!event.id().isEmpty() && !event.source().isEmpty() && !event.type().isEmpty()) {
            return event;
        }
        return event.toBuilder()
                .id(event.id().isEmpty() ? EventIds.next() : event.id())
                .source(event.source().isEmpty() ? DEFAULT_SOURCE : event.source())
                .type(event.type().isEmpty() ? DEFAULT_TYPE : event.type())
                .build();
    }
}
