// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LadderTest {
    private final Ladder ladder = new Ladder(1_000, 100_000);
    private final List<Long> tried = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1_000, 1_249, 1_250, 3_333, 9_999, 50_000, 99_000})
    void theRateFoundIsAtMostAStepBelowTheLimit(long limit) {
        long found = search(limit);

        assertThat(found).isLessThanOrEqualTo(limit);
        assertThat(found * Ladder.STEP).isGreaterThan(limit * 0.99);
        assertThat(tried).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void whoDoesNotHoldTheLowestRungHoldsNothing() {
        assertThat(search(999)).isZero();
        assertThat(tried).containsExactly(1_000L);
    }

    @Test
    void nothingAboveTheHighestRungIsTried() {
        assertThat(search(Long.MAX_VALUE)).isGreaterThan(80_000);
        assertThat(tried).allMatch(rate -> rate <= 100_000);
    }

    @Test
    void aLadderOfOneRungIsTriedOnce() {
        assertThat(new Ladder(500, 600).highest(rate -> tried.add(rate))).isEqualTo(500);
        assertThat(tried).containsExactly(500L);
    }

    @Test
    void climbingTriesEachRungUpToTheFirstThatIsNotHeld() {
        ladder.climb(rate -> {
            tried.add(rate);
            return rate < 1_500;
        });
        assertThat(tried).containsExactly(1_000L, 1_250L, 1_562L);
        tried.clear();

        ladder.climb(rate -> tried.add(rate));
        assertThat(tried).isSorted().hasSize(21).allMatch(rate -> rate <= 100_000);
    }

    @Test
    void aLadderUpsideDownIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Ladder(2, 1));
    }

    private long search(long limit) {
        return ladder.highest(rate -> {
            tried.add(rate);
            return rate <= limit;
        });
    }
}
