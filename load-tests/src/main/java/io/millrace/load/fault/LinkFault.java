// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import java.time.Duration;

/** What can be wrong with the connections through a {@link FaultProxy}. */
public sealed interface LinkFault {
    /**
     * Bytes arrive later, in order, in both directions.
     *
     * @param delay how much at least
     * @param jitter how much more at most
     */
    record Delay(Duration delay, Duration jitter) implements LinkFault {}

    /**
     * Each connection carries no more than this, in each direction.
     *
     * @param bytesPerSecond more than 0
     */
    record Bandwidth(long bytesPerSecond) implements LinkFault {
        /** Checks it. */
        public Bandwidth {
            if (bytesPerSecond <= 0) {
                throw new IllegalArgumentException(bytesPerSecond + " bytes a second are not positive");
            }
        }
    }

    /**
     * Whatever is sent in this direction vanishes, ends and resets too, and nobody is told. A connection that has lived
     * through it is reset when it is over, because bytes of it may be missing.
     *
     * @param direction which
     */
    record HalfOpen(Direction direction) implements LinkFault {}

    /** Every connection is reset at once (RST), with what is under way. */
    record Reset() implements LinkFault {}

    /**
     * Every connection is closed half (FIN to both sides) and lingers so until the fault is over; whatever is still sent
     * vanishes.
     */
    record SlowClose() implements LinkFault {}

    /**
     * Of every connection, the first byte of the next frame in this direction is inverted.
     *
     * @param direction which
     */
    record Corrupt(Direction direction) implements LinkFault {}

    /**
     * Of every connection on which Kafka is asked this, the answer and all that the server sends after it vanish; such a
     * connection is reset when it is over. Needs {@link Framing#KAFKA}.
     *
     * @param kafkaRequest the number of Kafka's API
     */
    record AnswerLost(int kafkaRequest) implements LinkFault {
        /** The end of a transaction. */
        public static final int END_OF_TRANSACTION = 26;
    }
}
