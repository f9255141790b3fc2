// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.load.stage.Counts;
import io.millrace.load.stage.Measurement;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairsTest {
    @Test
    void theRatioIsTheMedianOfThePairsNotTheRatioOfTheMedians() {
        Pairs pairs = pairs(List.of(10L, 40L, 50L), List.of(1L, 2L, 4L));

        assertThat(pairs.ratio(run -> run.done().events())).isCloseTo(12.5, within(1e-9));
        assertThat(pairs.ours(run -> run.done().events())).isEqualTo(40);
        assertThat(pairs.theirs(run -> run.done().events())).isEqualTo(2);
    }

    @Test
    void whatIsWrongIsToldBySide() {
        Measurement right = RaceTest.measurement(1, 1, new Counts(1, 0, 0, 0, 0));
        Measurement wrong = RaceTest.measurement(1, 1, new Counts(1, 0, 2, 0, 0));

        assertThat(Pairs.measure(2, () -> right, () -> right).flaws("work")).isEmpty();
        assertThat(Pairs.measure(2, () -> right, () -> wrong).flaws("work"))
                .singleElement()
                .asString()
                .contains("work, the other side", "repeated=4");
    }

    private static Pairs pairs(List<Long> ours, List<Long> theirs) {
        Iterator<Long> first = ours.iterator();
        Iterator<Long> second = theirs.iterator();
        return Pairs.measure(
                ours.size(),
                () -> RaceTest.measurement(first.next(), 1, Counts.NONE),
                () -> RaceTest.measurement(second.next(), 1, Counts.NONE));
    }
}
