// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What can go wrong. */
public enum FaultKind {
    /** Bytes between clients and broker come late. */
    LINK_DELAY,
    /** Connections to a broker are slow. */
    LINK_BANDWIDTH,
    /** What clients send to a broker vanishes. */
    LINK_HALF_OPEN_TO_BROKER,
    /** What a broker sends to clients vanishes. */
    LINK_HALF_OPEN_TO_CLIENT,
    /** Connections to a broker are reset. */
    LINK_RESET,
    /** Connections to a broker are closed half and linger. */
    LINK_SLOW_CLOSE,
    /** A byte of a frame is wrong. */
    LINK_CORRUPT,
    /** Connections of the brokers to Kafka come late, are reset, or lose what one side sends. */
    KAFKA_LINK,
    /** A broker is killed, and started again later. */
    BROKER_KILL,
    /** A broker stands still (SIGSTOP) and goes on. */
    BROKER_PAUSE,
    /** The brokers are stopped (SIGTERM) and started again, one after the other. */
    BROKER_ROLLING_RESTART,
    /** Kafka is killed; its supervisor starts it again. */
    KAFKA_KILL;

    /** As it is written: {@code link-delay}. */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
