// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.cli.output.Json;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the demo has found.
 *
 * @param published events that Kafka has acknowledged
 * @param fast the live subscriber that reads as fast as it can
 * @param slow the one that does not
 * @param replay the replayed range
 * @param publishTime from the first event to the last acknowledgement
 * @param fastTime from the first event published to the last one received
 * @param slowTime the same for the slow subscriber
 * @param replayTime the replay, opening included
 * @param p50Millis half of the events took less from publication to the fast subscriber
 * @param p99Millis 99 of 100 took less
 */
record DemoReport(
        long published,
        Verdict fast,
        Verdict slow,
        Verdict replay,
        Duration publishTime,
        Duration fastTime,
        Duration slowTime,
        Duration replayTime,
        double p50Millis,
        double p99Millis) {

    /** True when every stream was what it should be, and the replay was not empty. */
    boolean verified() {
        return published == fast.expected()
                && fast.verified()
                && slow.verified()
                && replay.verified()
                && replay.expected() > 0;
    }

    int gaps() {
        return fast.gaps() + slow.gaps() + replay.gaps();
    }

    int duplicates() {
        return fast.duplicates() + slow.duplicates() + replay.duplicates();
    }

    int reordered() {
        return fast.reordered() + slow.reordered() + replay.reordered();
    }

    int corrupt() {
        return fast.corrupt() + slow.corrupt() + replay.corrupt();
    }

    /** Events a second. */
    static long rate(long events, Duration time) {
        return Math.round(events * 1e9 / Math.max(1, time.toNanos()));
    }

    /** For programs; counts of faults are sums over the three streams. */
    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("verified", verified())
                .put("published", published)
                .put("received_live", fast.received())
                .put("received_slow", slow.received())
                .put("replayed", replay.received())
                .put("replay_expected", replay.expected())
                .put("gaps", gaps())
                .put("duplicates", duplicates())
                .put("reordered", reordered())
                .put("corrupt", corrupt())
                .put("checksum", checksum(fast.checksum()))
                .put("checksum_expected", checksum(fast.expectedChecksum()))
                .put("publish_per_second", rate(published, publishTime))
                .put("receive_per_second", rate(fast.received(), fastTime))
                .put("slow_per_second", rate(slow.received(), slowTime))
                .put("replay_per_second", rate(replay.received(), replayTime));
        json.putObject("latency_ms").put("p50", rounded(p50Millis)).put("p99", rounded(p99Millis));
        return json;
    }

    static String checksum(long value) {
        return String.format("%012x", value);
    }

    private static double rounded(double millis) {
        return Math.round(millis * 100) / 100.0;
    }
}
