// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.v1.ReadSpec;
import io.millrace.v1.SlowConsumerPolicy;
import io.millrace.v1.StartPosition;
import java.util.function.Consumer;
import reactor.core.scheduler.Scheduler;

/**
 * What a subscription was asked to be.
 *
 * @param read what to read, as the first call asks for it
 * @param windowEvents most events on their way or waiting
 * @param windowBytes most bytes on their way or waiting
 * @param clientName shown to operators
 * @param deliverOn where the user is signalled
 * @param onSignal hears what is not an event
 */
record SubscriptionSpec(
        ReadSpec read,
        long windowEvents,
        long windowBytes,
        String clientName,
        Scheduler deliverOn,
        Consumer<? super Signal> onSignal) {
    /**
     * The same read from places that it has reached.
     *
     * <p>A partition that has no place is read from its beginning where it may have come since; where the partitions were
     * fixed when it began, by offsets or by an end that is known, no other ever belongs to it.
     */
    ReadSpec readFrom(Cursor places) {
        return read.toBuilder()
                .setStart(StartPosition.newBuilder()
                        .setCursor(places.toMessage())
                        .setPlacesOnly(hasFixedPartitions())
                        .setExpiredStartPolicy(read.getStart().getExpiredStartPolicy()))
                .build();
    }

    private boolean hasFixedPartitions() {
        return read.getStart().hasOffsets()
                || read.getStart().getPlacesOnly()
                || (hasEnd() && !read.getEnd().hasTime());
    }

    boolean hasEnd() {
        return read.hasEnd();
    }

    /** Whether what it is too slow for is left out. */
    boolean skips() {
        return read.getSlowConsumerPolicy() == SlowConsumerPolicy.SLOW_CONSUMER_POLICY_SKIP;
    }

    String name() {
        return "subscription to " + String.join(", ", read.getTopicsList());
    }
}
