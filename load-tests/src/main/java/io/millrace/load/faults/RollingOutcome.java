// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.check.Verdict;
import io.millrace.load.report.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
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
        Map<String, Object> json = new LinkedHashMap<>(figures());
        json.put("violations", violations());
        json.put("environment", environment);
        return JsonMapper.shared().writeValueAsString(json);
    }

    private Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seed", seed);
        figures.put("restarts", restarts);
        figures.put("broker_stops", drainMillis.size());
        figures.put("acked", verdict.acked());
        figures.put("lost", verdict.lost());
        figures.put("duplicated", duplicated());
        figures.put("reordered", verdict.reordered());
        figures.put("unexplained_gaps", verdict.unexplainedGaps());
        figures.put("phantom", verdict.phantom());
        figures.put("corrupt", verdict.corrupt());
        figures.put("errors", errors);
        figures.put("drain_p50_ms", drainMedian());
        figures.put("drain_max_ms", drainMax());
        figures.put("read", verdict.read());
        figures.put("moves", moves);
        figures.put("disconnects", disconnects);
        figures.put("longest_pause_ms", longestPauseMillis);
        figures.put("seconds", Math.round(seconds * 10) / 10.0);
        return figures;
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

    /** Writes {@code README.md} and {@code report.json} into a directory, which is made. */
    public void write(Path directory, Environment environment) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.json"), toJson(environment) + "\n");
        Files.writeString(directory.resolve("README.md"), toMarkdown(environment));
    }

    private String toMarkdown(Environment environment) {
        StringJoiner page = new StringJoiner("\n", "", "\n");
        page.add("# Rolling restarts");
        page.add("");
        page.add("Two brokers are stopped with SIGTERM and started again in turn while they are used. "
                + environment.line() + ".");
        page.add("");
        page.add("| figure | value |");
        page.add("|---|---:|");
        figures().forEach((name, value) -> page.add("| `" + name + "` | " + value + " |"));
        page.add("");
        page.add(isClean() ? "Nothing is wrong." : "**Wrong:**");
        violations().forEach(violation -> page.add("- " + violation));
        return page.toString();
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
