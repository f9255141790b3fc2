// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    @Test
    void theSameSeedGivesTheSameFaultsAndAnotherOneOthers() {
        assertThat(FaultPlan.of(42, 30)).isEqualTo(FaultPlan.of(42, 30)).isNotEqualTo(FaultPlan.of(43, 30));
    }

    @Test
    void aSmokeRunHasEveryKindOnce() {
        FaultSettings smoke = FaultSettings.smoke(42);

        assertThat(smoke.faults()).isEqualTo(12);
        assertThat(FaultPlan.of(smoke.seed(), smoke.faults()))
                .extracting(PlannedFault::kind)
                .containsExactlyInAnyOrder(FaultKind.values());
    }

    @Test
    void aFullRunHasEveryKindTwentyTimesOverItsSeeds() {
        List<PlannedFault> all = LongStream.range(0, 5)
                .mapToObj(FaultSettings::full)
                .flatMap(settings -> FaultPlan.of(settings.seed(), settings.faults()).stream())
                .toList();

        assertThat(all).hasSize(240);
        assertThat(all.stream().collect(Collectors.groupingBy(PlannedFault::kind, Collectors.counting())))
                .hasSize(FaultKind.values().length)
                .allSatisfy((kind, times) -> assertThat(times).isEqualTo(20));
    }
}
