// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.event.Event;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import java.util.List;
import java.util.Map;

/**
 * Events of one publisher with consecutive sequences, for one topic. Some may be refused before they reach the log; they
 * have sequences like the others.
 *
 * @param topic where to
 * @param firstSequence the sequence of the first event, refused or not; at least 1
 * @param events those to be stored, in order; the list must not change afterwards
 * @param refused why the others are not, by their index in the run
 */
public record NumberedRun(TopicName topic, long firstSequence, List<Event> events, Map<Integer, Refusal> refused) {
    /** Checks the sequence. */
    public NumberedRun {
        if (firstSequence < 1) {
            throw new IllegalArgumentException("sequence " + firstSequence + " is less than 1");
        }
    }

    /** How many sequences it has, those of refused events included. */
    public int size() {
        return events.size() + refused.size();
    }

    /** The sequence of the last event; one less than the first where there is none. */
    public long lastSequence() {
        return firstSequence + size() - 1;
    }
}
