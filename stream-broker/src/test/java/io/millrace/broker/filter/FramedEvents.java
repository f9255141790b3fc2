// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import io.millrace.broker.frame.EventFramer;
import io.millrace.core.event.Event;
import io.millrace.core.log.StoredEvent;
import java.util.Arrays;

/** Events as the ring holds them. */
final class FramedEvents {
    private FramedEvents() {}

    static byte[] framed(Event event) {
        EventFramer framer = new EventFramer();
        int length = framer.frame(new StoredEvent(7, 1_767_225_600_123L, event));
        return Arrays.copyOfRange(framer.buffer(), framer.start(), framer.start() + length);
    }

    static boolean passes(String expression, Event event) {
        byte[] frame = framed(event);
        return Filter.compile(expression).matches(frame, 0, frame.length);
    }
}
