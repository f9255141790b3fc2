// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.load.sample.SampleEvents;
import org.junit.jupiter.api.Test;

class OrderCheckTest {
    private final SampleEvents samples = new SampleEvents();
    private final OrderCheck check = new OrderCheck();

    @Test
    void everyEventInItsPlaceIsCounted() {
        check.received(0, samples.at(0));
        check.received(1, samples.at(1));

        assertThat(check.received()).isEqualTo(2);
        check.requireReceived(2);
    }

    @Test
    void aSkippedEventFails() {
        assertThatIllegalStateException()
                .isThrownBy(() -> check.received(1, samples.at(1)))
                .withMessageContaining("expected event 0");
    }

    @Test
    void anotherEventAtTheRightOffsetFails() {
        assertThatIllegalStateException().isThrownBy(() -> check.received(0, samples.at(1)));
    }

    @Test
    void tooFewEventsFail() {
        check.received(0, samples.at(0));

        assertThatIllegalStateException()
                .isThrownBy(() -> check.requireReceived(2))
                .withMessageContaining("1 of 2");
    }
}
