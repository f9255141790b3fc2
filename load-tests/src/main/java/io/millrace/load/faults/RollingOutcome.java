// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.check.Verdict;
import io.millrace.load.report.Environment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What restarting brokers in turn has shown.
 *
 * @param seed of the run
 * @param restarts how often both brokers were restarted
 * @param drainMillis from SIGTERM to its end, of each broker that was stopped
 * @param verdict of the checker
 * @param errors what users of the SDK were told beside events and acknowledgements, or not told in time
 * @param errorExamples the first of them, in words
 * @param moves how often a reader's stream has gone over to another broker
 * @param disconnects how often a reader was without a stream for a moment
 * @param longestPauseMillis longest time between two events of a reader
 * @param seconds that all took
 */
public record RollingOutcome(
        long seed,
        int restarts,
        List<Long> drainMillis,
        Verdict verdict,
        long errors,
        List<String> errorExamples,
        int moves,
        int disconnects,
        long longestPauseMillis,
        double seconds) {
    /** Copies the lists. */
    public RollingOutcome {
        drainMillis = List.copyOf(drainMillis);
        errorExamples = List.copyOf(errorExamples);
        if (drainMillis.isEmpty()) {
            throw new IllegalArgumentException("a run without a restart");
        }
    }

    /** Nothing was lost, repeated, reordered or changed, nobody was told of an error, and every broker ended in time. */
    public boolean isClean() {
        return verdict.violations() == 0
                && verdict.repeatedWithoutIdentity() == 0
                && errors == 0
                && drainMax() <= RollingSettings.DRAIN_LIMIT.toMillis();
    }

    /** One object on one line. */
    public String toJson(Environment environment) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", seed);
        json.put("restarts", restarts);
        json.put("broker_stops", drainMillis.size());
        json.put("acked", verdict.acked());
        json.put("lost", verdict.lost());
        json.put("duplicated", duplicated());
        json.put("reordered", verdict.reordered());
        json.put("unexplained_gaps", verdict.unexplainedGaps());
        json.put("phantom", verdict.phantom());
        json.put("corrupt", verdict.corrupt());
        json.put("errors", errors);
        json.put("drain_p50_ms", drainMedian());
        json.put("drain_max_ms", drainMax());
        json.put("read", verdict.read());
        json.put("moves", moves);
        json.put("disconnects", disconnects);
        json.put("longest_pause_ms", longestPauseMillis);
        json.put("seconds", Math.round(seconds * 10) / 10.0);
        json.put("violations", violations());
        json.put("environment", environment);
        return JsonMapper.shared().writeValueAsString(json);
    }

    /** As a person reads it on a terminal. */
    public String toText(Environment environment) {
        String line = String.format(
                Locale.ROOT,
                "seed %d: both brokers restarted %d times, %,d events acknowledged, %,d read; lost %d, duplicated %d,"
                        + " reordered %d, unexplained gaps %d, phantom %d, corrupt %d, errors %d; drain p50 %d ms, max %d"
                        + " ms; %d moves, %d disconnects, longest pause %d ms; %.1f s",
                seed,
                restarts,
                verdict.acked(),
                verdict.read(),
                verdict.lost(),
                duplicated(),
                verdict.reordered(),
                verdict.unexplainedGaps(),
                verdict.phantom(),
                verdict.corrupt(),
                errors,
                drainMedian(),
                drainMax(),
                moves,
                disconnects,
                longestPauseMillis,
                seconds);
        return String.join(
                System.lineSeparator(),
                Stream.concat(
                                Stream.of(environment.line(), line),
                                violations().stream().map(violation -> "WRONG: " + violation))
                        .toList());
    }

    /** Here a repeat is one for publishers without a name too: a broker that stops in peace owes no answer. */
    private long duplicated() {
        return verdict.duplicated() + verdict.repeatedWithoutIdentity();
    }

    private long drainMedian() {
        return sortedDrains()[drainMillis.size() / 2];
    }

    private long drainMax() {
        return sortedDrains()[drainMillis.size() - 1];
    }

    private long[] sortedDrains() {
        long[] sorted = drainMillis.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private List<String> violations() {
        Stream<String> repeats = verdict.repeatedWithoutIdentity() == 0
                ? Stream.empty()
                : Stream.of(
                        verdict.repeatedWithoutIdentity() + " events of publishers without a name are stored again");
        Stream<String> slow = drainMax() <= RollingSettings.DRAIN_LIMIT.toMillis()
                ? Stream.empty()
                : Stream.of("a broker took " + drainMax() + " ms to end");
        return Stream.of(verdict.examples().stream(), errorExamples.stream(), repeats, slow)
                .flatMap(all -> all)
                .toList();
    }
}
