// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.client.Endpoint;
import io.millrace.client.MillraceException;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.OptionalLong;

/** What a subscription tells beside its events, in order with them. */
public sealed interface Signal {
    /**
     * The server has opened the stream: nothing published from now on is missed.
     *
     * @param sessionId for logs and support
     * @param endpoint where it is served
     * @param start where it begins, as the server understood it
     * @param resumed true when it goes on where a stream before it was: after a {@link Disconnected}, or without one
     *     where the server before it asked to be left and was still there until now
     */
    record Opened(String sessionId, Endpoint endpoint, Cursor start, boolean resumed) implements Signal {}

    /** The stream broke or was moved; it will be opened again where it ended. */
    record Disconnected(MillraceException cause) implements Signal {}

    /**
     * Everything up to the live end has been received, in all partitions.
     *
     * @param cursor the place at that moment
     * @param time the server's time
     */
    record CaughtUp(Cursor cursor, Instant time) implements Signal {}

    /**
     * The subscription has left live delivery and reads from the log again.
     *
     * @param cursor the place at that moment
     * @param lagEvents events not yet sent
     */
    record FellBehind(Cursor cursor, long lagEvents) implements Signal {}

    /**
     * Events that will not come.
     *
     * @param reason why
     * @param partition where
     * @param fromOffset the first one missing
     * @param toOffset the first one that is there again
     * @param events how many, when known
     */
    record Gap(GapReason reason, TopicPartition partition, long fromOffset, long toOffset, OptionalLong events)
            implements Signal {}

    /**
     * Nothing new; the server is still there.
     *
     * @param cursor the place
     * @param time the server's time
     * @param lagEvents events between the place and the live end
     * @param stallReason why nothing comes
     */
    record Heartbeat(Cursor cursor, Instant time, long lagEvents, StallReason stallReason) implements Signal {}

    /** Why events are missing. */
    enum GapReason {
        /** Not told, or not known to this version. */
        UNKNOWN,
        /** Retention removed them. */
        RETENTION,
        /** The log was cut after an unclean election. */
        TRUNCATION,
        /** The slow consumer policy skipped them. */
        SKIPPED,
        /** The topic was deleted and made again. */
        TOPIC_RECREATED,
        /** An event is larger than the stream allows. */
        TOO_LARGE,
        /** An event failed its checksum, in a topic that withholds such events. */
        CORRUPT,
        /** An event outlived its time to live. */
        EXPIRED
    }

    /** Why a stream does not move. */
    enum StallReason {
        /** It moves, or the reason is not known to this version. */
        NONE,
        /** Nothing new in the log. */
        NO_DATA,
        /** The subscriber has not requested more. */
        NO_CREDIT,
        /** The connection takes no more bytes. */
        TRANSPORT_FULL,
        /** The filter lets nothing through. */
        FILTER_REJECTS,
        /** Kafka is slow or away. */
        LOG_UNAVAILABLE,
        /** A quota holds the stream back. */
        QUOTA,
        /** The server is short of memory or time. */
        OVERLOAD
    }
}
