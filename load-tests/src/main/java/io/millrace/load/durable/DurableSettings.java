// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import java.time.Duration;

/**
 * How publishing and replay are measured.
 *
 * @param replayEvents events of the topic that is replayed
 * @param warmUp how long each side runs before anything counts; the JIT needs 8 s
 * @param window how long a run that counts is to take; the number of its events follows from that
 * @param pairs how often Millrace and Kafka's own client are measured one after the other
 */
public record DurableSettings(int replayEvents, Duration warmUp, Duration window, int pairs) {
    /** About a minute in all. */
    public static DurableSettings quick() {
        return new DurableSettings(500_000, Duration.ofSeconds(8), Duration.ofMillis(1500), 3);
    }

    /** About five minutes in all. */
    public static DurableSettings full() {
        return new DurableSettings(5_000_000, Duration.ofSeconds(20), Duration.ofSeconds(5), 7);
    }
}
