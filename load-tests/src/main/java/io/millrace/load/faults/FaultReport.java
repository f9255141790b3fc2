// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.check.Verdict;
import io.millrace.load.report.Environment;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs of one or several seeds, summed up.
 *
 * @param environment where
 * @param outcomes one or more
 */
public record FaultReport(Environment environment, List<FaultOutcome> outcomes) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** Copies the list. */
    public FaultReport {
        outcomes = List.copyOf(outcomes);
        if (outcomes.isEmpty()) {
            throw new IllegalArgumentException("a report without a run");
        }
    }

    /** No run has found anything wrong. */
    public boolean isClean() {
        return outcomes.stream().allMatch(FaultOutcome::isClean);
    }

    /** How many there were. */
    public int faults() {
        return injected().size();
    }

    /** Events that were acknowledged. */
    public long acknowledged() {
        return verdict().acked();
    }

    /** One object on one line. */
    public String toJson() {
        Verdict verdict = verdict();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", outcomes.get(0).seed());
        if (outcomes.size() > 1) {
            json.put("seeds", outcomes.stream().map(FaultOutcome::seed).toList());
        }
        json.put("faults", faults());
        json.put("acked", verdict.acked());
        json.put("least_unacknowledged", leastUnacknowledged());
        json.put("lost", verdict.lost());
        json.put("duplicated", verdict.duplicated());
        json.put("reordered", verdict.reordered());
        json.put("unexplained_gaps", verdict.unexplainedGaps());
        json.put("phantom", verdict.phantom());
        json.put("corrupt", verdict.corrupt());
        json.put("stalled", sum(FaultOutcome::stalled));
        json.put("failures", sum(FaultOutcome::failures));
        json.put("skipped", List.of());
        json.put("identity", outcomes.get(0).identity());
        json.put("repeated_without_identity", verdict.repeatedWithoutIdentity());
        json.put("unknown", verdict.unknown());
        json.put("unknown_stored", verdict.unknownStored());
        json.put("stored", verdict.stored());
        json.put("read", verdict.read());
        json.put("readers", sum(FaultOutcome::readers));
        json.put("handovers", sum(FaultOutcome::handovers));
        json.put("resumes", sum(FaultOutcome::resumes));
        json.put("reconnects", sum(FaultOutcome::reconnects));
        json.put("seconds", seconds());
        json.put("violations", violations());
        json.put("injected", injected());
        json.put("environment", environment);
        return JSON.writeValueAsString(json);
    }

    /** As a person reads it on a terminal. */
    public String toText() {
        Verdict verdict = verdict();
        StringJoiner lines = new StringJoiner(System.lineSeparator());
        lines.add(environment.line());
        lines.add(String.format(
                Locale.ROOT,
                "seed %s: %d faults with %,d or more events on their way, %,d events acknowledged, %,d read by %d readers, %d handed over, %d resumed, %d"
                        + " reconnected, %s s",
                String.join(
                        " ",
                        outcomes.stream()
                                .map(outcome -> Long.toString(outcome.seed()))
                                .toList()),
                injected().size(),
                leastUnacknowledged(),
                verdict.acked(),
                verdict.read(),
                sum(FaultOutcome::readers),
                sum(FaultOutcome::handovers),
                sum(FaultOutcome::resumes),
                sum(FaultOutcome::reconnects),
                seconds()));
        lines.add(verdictLine(verdict));
        violations().forEach(violation -> lines.add("WRONG: " + violation));
        return lines.toString();
    }

    /** Writes {@code README.md} and {@code report.json} into a directory, which is made. */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("report.json"), toJson() + "\n");
        Files.writeString(directory.resolve("README.md"), toMarkdown());
    }

    String toMarkdown() {
        StringJoiner page = new StringJoiner("\n", "", "\n");
        page.add("# Publishing and reading under faults");
        page.add("");
        page.add(environment.line());
        page.add("");
        page.add(
                "| seed | faults | acked | lost | duplicated | reordered | unexplained gaps | phantom | corrupt | stalled |"
                        + " repeated without identity | handovers | resumes | seconds |");
        page.add("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        outcomes.forEach(outcome -> page.add(row(outcome)));
        page.add("");
        page.add(
                "Recovery: from the end of a fault until every publisher had an acknowledgement again, and every reader"
                        + " that stays an event; median and longest, in milliseconds. On their way: events that were sent"
                        + " and not acknowledged the moment before the fault; fewest and median.");
        page.add("");
        page.add("| fault | times | on their way | acknowledged | delivered |");
        page.add("|---|---:|---:|---:|---:|");
        for (FaultKind kind : FaultKind.values()) {
            page.add(row(kind));
        }
        page.add("");
        page.add(violations().isEmpty() ? "Nothing is wrong." : "**Wrong:**");
        violations().forEach(violation -> page.add("- " + violation));
        return page.toString();
    }

    private static String row(FaultOutcome outcome) {
        Verdict verdict = outcome.verdict();
        return String.format(
                Locale.ROOT,
                "| %d | %d | %,d | %d | %d | %d | %d | %d | %d | %d | %,d | %d | %d | %.0f |",
                outcome.seed(),
                outcome.injected().size(),
                verdict.acked(),
                verdict.lost(),
                verdict.duplicated(),
                verdict.reordered(),
                verdict.unexplainedGaps(),
                verdict.phantom(),
                verdict.corrupt(),
                outcome.stalled(),
                verdict.repeatedWithoutIdentity(),
                outcome.handovers(),
                outcome.resumes(),
                outcome.seconds());
    }

    private String row(FaultKind kind) {
        List<FaultRecord> ofKind =
                injected().stream().filter(fault -> fault.kind() == kind).toList();
        return "| %s | %d | %s | %s | %s |"
                .formatted(
                        kind.label(),
                        ofKind.size(),
                        unacknowledged(ofKind),
                        spread(ofKind, FaultRecord::ackMillis),
                        spread(ofKind, FaultRecord::deliveryMillis));
    }

    private static String unacknowledged(List<FaultRecord> faults) {
        long[] sorted =
                faults.stream().mapToLong(FaultRecord::unacknowledged).sorted().toArray();
        return sorted.length == 0 ? "–" : String.format(Locale.ROOT, "%,d / %,d", sorted[0], sorted[sorted.length / 2]);
    }

    private static String spread(List<FaultRecord> faults, Function<FaultRecord, @Nullable Long> millis) {
        long[] sorted = faults.stream()
                .map(millis)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        return sorted.length == 0 ? "–" : sorted[sorted.length / 2] + " / " + sorted[sorted.length - 1];
    }

    private String verdictLine(Verdict verdict) {
        return String.format(
                Locale.ROOT,
                "lost %d, duplicated %d, reordered %d, unexplained gaps %d, phantom %d, corrupt %d, stalled %d, failures"
                        + " %d; %,d repeated without identity",
                verdict.lost(),
                verdict.duplicated(),
                verdict.reordered(),
                verdict.unexplainedGaps(),
                verdict.phantom(),
                verdict.corrupt(),
                sum(FaultOutcome::stalled),
                sum(FaultOutcome::failures),
                verdict.repeatedWithoutIdentity());
    }

    private Verdict verdict() {
        return outcomes.stream().map(FaultOutcome::verdict).reduce(Verdict.nothing(), Verdict::plus);
    }

    private List<FaultRecord> injected() {
        return outcomes.stream().flatMap(outcome -> outcome.injected().stream()).toList();
    }

    private List<String> violations() {
        return outcomes.stream()
                .flatMap(outcome ->
                        Arrays.asList(outcome.verdict().examples(), stalls(outcome), outcome.failureExamples()).stream()
                                .flatMap(List::stream)
                                .map(violation -> "seed " + outcome.seed() + ": " + violation))
                .toList();
    }

    private static List<String> stalls(FaultOutcome outcome) {
        return outcome.stalled() == 0 ? List.of() : List.of("STALLED: " + outcome.stalled() + " times nothing went on");
    }

    private long sum(ToLongFunction<FaultOutcome> figure) {
        return outcomes.stream().mapToLong(figure).sum();
    }

    private long leastUnacknowledged() {
        return injected().stream().mapToLong(FaultRecord::unacknowledged).min().orElse(0);
    }

    private BigDecimal seconds() {
        double seconds = outcomes.stream().mapToDouble(FaultOutcome::seconds).sum();
        return BigDecimal.valueOf(seconds).setScale(1, RoundingMode.HALF_UP);
    }
}
