// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The faults of a run, in order: they follow from its seed alone. */
final class FaultPlan {
    private static final int LEAST_PAUSE_MILLIS = 300;
    private static final int MOST_PAUSE_MILLIS = 1_200;
    private static final int LEAST_MILLIS = 500;
    private static final int MOST_MILLIS = 2_000;

    private FaultPlan() {}

    /** Every kind comes once before any comes twice, and so on. */
    static List<PlannedFault> of(long seed, int faults) {
        SplittableRandom random = new SplittableRandom(seed);
        List<PlannedFault> plan = new ArrayList<>(faults);
        while (plan.size() < faults) {
            shuffledKinds(random).stream()
                    .limit(faults - plan.size())
                    .map(kind -> fault(kind, random))
                    .forEach(plan::add);
        }
        return plan;
    }

    private static PlannedFault fault(FaultKind kind, SplittableRandom random) {
        return new PlannedFault(
                kind,
                random.nextBoolean(),
                Duration.ofMillis(random.nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS)),
                Duration.ofMillis(random.nextInt(LEAST_MILLIS, MOST_MILLIS)),
                random.nextInt(1 << 16));
    }

    private static List<FaultKind> shuffledKinds(SplittableRandom random) {
        List<FaultKind> kinds = new ArrayList<>(List.of(FaultKind.values()));
        for (int left = kinds.size(); left > 1; left--) {
            kinds.add(kinds.remove(random.nextInt(left)));
        }
        return kinds;
    }
}
