// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.v1.GapReason;
import io.millrace.v1.StallReason;

/** Reasons as the wire has them, in the words of the SDK. */
final class Reasons {
    private Reasons() {}

    static Signal.GapReason of(GapReason reason) {
        return switch (reason) {
            case GAP_REASON_RETENTION -> Signal.GapReason.RETENTION;
            case GAP_REASON_TRUNCATION -> Signal.GapReason.TRUNCATION;
            case GAP_REASON_SKIPPED -> Signal.GapReason.SKIPPED;
            case GAP_REASON_TOPIC_RECREATED -> Signal.GapReason.TOPIC_RECREATED;
            case GAP_REASON_TOO_LARGE -> Signal.GapReason.TOO_LARGE;
            case GAP_REASON_CORRUPT -> Signal.GapReason.CORRUPT;
            case GAP_REASON_EXPIRED -> Signal.GapReason.EXPIRED;
            case GAP_REASON_UNSPECIFIED, UNRECOGNIZED -> Signal.GapReason.UNKNOWN;
        };
    }

    static Signal.StallReason of(StallReason reason) {
        return switch (reason) {
            case STALL_REASON_NO_DATA -> Signal.StallReason.NO_DATA;
            case STALL_REASON_NO_CREDIT -> Signal.StallReason.NO_CREDIT;
            case STALL_REASON_TRANSPORT_FULL -> Signal.StallReason.TRANSPORT_FULL;
            case STALL_REASON_FILTER_REJECTS -> Signal.StallReason.FILTER_REJECTS;
            case STALL_REASON_LOG_UNAVAILABLE -> Signal.StallReason.LOG_UNAVAILABLE;
            case STALL_REASON_QUOTA -> Signal.StallReason.QUOTA;
            case STALL_REASON_OVERLOAD -> Signal.StallReason.OVERLOAD;
            case STALL_REASON_UNSPECIFIED, UNRECOGNIZED -> Signal.StallReason.NONE;
        };
    }
}
