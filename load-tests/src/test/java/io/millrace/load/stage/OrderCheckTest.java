// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.load.sample.SampleEvents;
import org.junit.jupiter.api.Test;

class OrderCheckTest {
    private final SampleEvents samples = new SampleEvents();
    private final OrderCheck check = new OrderCheck(samples, 5);

    @Test
    void everyEventInItsPlaceIsCounted() {
        receive(5);
        receive(6);

        assertThat(check.passed()).isEqualTo(2);
        assertThat(check.counts()).isEqualTo(new Counts(2, 0, 0, 0, 0));
        assertThat(check.counts().isFlawless()).isTrue();
    }

    @Test
    void whatIsPassedOverIsLost() {
        receive(5);
        receive(9);

        assertThat(check.counts()).isEqualTo(new Counts(2, 3, 0, 0, 0));
        assertThat(check.counts().isFlawless()).isFalse();
    }

    @Test
    void whatComesAgainIsRepeated() {
        receive(5);
        receive(6);
        receive(5);
        receive(7);

        assertThat(check.counts()).isEqualTo(new Counts(4, 0, 1, 0, 0));
        assertThat(check.passed()).isEqualTo(3);
    }

    @Test
    void anotherEventAtAnOffsetIsMisplaced() {
        check.received(5, samples.at(6));
        check.received(6, samples.at(5));

        assertThat(check.counts()).isEqualTo(new Counts(2, 0, 0, 2, 0));
    }

    @Test
    void aGapIsCounted() {
        check.gap();

        assertThat(check.counts().isFlawless()).isFalse();
    }

    @Test
    void countsOfSeveralReadersAreAdded() {
        assertThat(new Counts(1, 2, 3, 4, 5).plus(new Counts(10, 20, 30, 40, 50)))
                .isEqualTo(new Counts(11, 22, 33, 44, 55));
    }

    private void receive(long offset) {
        check.received(offset, samples.at(offset));
    }
}
