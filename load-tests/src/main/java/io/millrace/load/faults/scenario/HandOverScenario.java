// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.check.Verdict;
import io.millrace.load.faults.Cluster;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.FaultKind;
import io.millrace.load.faults.FaultSeries;
import io.millrace.load.faults.Patience;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Subscriptions come from the beginning, from the last events and from offsets into a stream that is published to, while
 * connections and brokers fail, and leave soon after; what each has read is held against what is stored.
 */
final class HandOverScenario implements Scenario {
    private static final int OF_A_GENERATION = 1_000;

    /** After a fault so many come over before the next, or as many as do within the time. */
    private static final int BETWEEN_FAULTS = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final EnumSet<FaultKind> KINDS = EnumSet.of(
            FaultKind.LINK_DELAY,
            FaultKind.LINK_RESET,
            FaultKind.LINK_HALF_OPEN_TO_CLIENT,
            FaultKind.LINK_SLOW_CLOSE,
            FaultKind.KAFKA_LINK,
            FaultKind.BROKER_KILL,
            FaultKind.BROKER_ROLLING_RESTART);

    @Override
    public String name() {
        return "hand-over";
    }

    @Override
    public String promise() {
        return "whoever comes from history into the live stream misses nothing and gets nothing twice, whatever fails"
                + " meanwhile; counted are subscriptions that got live events of every partition behind their history";
    }

    @Override
    public int fullCount() {
        return 10_000;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Failures violations = new Failures();
        Tally tally = new Tally();
        try (Cluster cluster = Cluster.open(settings.seed())) {
            FaultSeries faults = new FaultSeries(cluster, settings.seed(), KINDS);
            for (int number = 0; tally.handOvers < settings.count() && violations.count() == 0; number++) {
                int wanted = Math.min(OF_A_GENERATION, settings.count() - tally.handOvers);
                try (HandOverGeneration generation =
                        new HandOverGeneration(cluster, settings.seed(), number, wanted, violations)) {
                    while (!generation.isDone()) {
                        FaultKind fault = faults.next();
                        int enough = generation.handOvers() + BETWEEN_FAULTS;
                        Patience.until(() -> generation.isDone() || generation.handOvers() >= enough, PATIENCE);
                        tally.faults++;
                        progress.say(tally.handOvers + generation.handOvers() + " after " + fault.label());
                    }
                    tally.add(generation);
                }
            }
        }
        return tally.outcome(settings, violations);
    }

    private static final class Tally {
        private int handOvers;
        private int subscriptions;
        private int faults;
        private Verdict verdict = Verdict.nothing();

        void add(HandOverGeneration generation) {
            verdict = verdict.plus(generation.check());
            handOvers += generation.handOvers();
            subscriptions += generation.subscriptions();
        }

        ScenarioOutcome outcome(ScenarioSettings settings, Failures violations) {
            long ofSubscriptions = violations.count();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("handovers", handOvers);
            figures.put("subscriptions", subscriptions);
            figures.put("faults", faults);
            figures.put("gaps_and_overlaps", ofSubscriptions);
            Verdicts.add(verdict, figures, violations);
            List<Target> targets = List.of(
                    Target.atLeast("handovers", handOvers, settings.count()),
                    Target.atMost("gaps_and_overlaps", ofSubscriptions, 0),
                    Target.atMost("lost", verdict.lost(), 0),
                    Target.atMost("duplicated", verdict.duplicated(), 0));
            return ScenarioOutcome.of(figures, targets, violations);
        }
    }
}
