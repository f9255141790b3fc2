// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OrderCheckTest {
    private static final int EVENTS = 1_000;

    private final OrderCheck check = OrderCheck.fromBeginning();

    @Test
    void everyEventOnceAndInOrderIsNoDeviation() {
        read(LongStream.range(0, EVENTS));

        assertThat(check.events()).isEqualTo(EVENTS);
        assertThat(check.gaps()).isZero();
        assertThat(check.repeats()).isZero();
        assertThat(check.firstDeviation()).isEqualTo("none");
        assertThat(check.nextNumber()).isEqualTo(EVENTS);
    }

    @Test
    void aDroppedEventIsAGap() {
        read(LongStream.range(0, EVENTS).filter(number -> number != 500));

        assertThat(check.gaps()).isPositive();
        assertThat(check.firstDeviation()).contains("instead of 500");
    }

    @Test
    void aRepeatedEventIsARepeat() {
        read(LongStream.concat(LongStream.range(0, 500), LongStream.range(499, EVENTS)));

        assertThat(check.repeats()).isPositive();
    }

    @Test
    void swappedEventsOfALaneAreBoth() {
        read(LongStream.range(0, EVENTS).map(number -> number == 500 ? 516 : number == 516 ? 500 : number));

        assertThat(check.gaps()).isPositive();
        assertThat(check.repeats()).isPositive();
    }

    @Test
    void aMissingEndIsSeenInTheNextNumber() {
        read(LongStream.range(0, EVENTS - 1));

        assertThat(check.nextNumber()).isEqualTo(EVENTS - 1);
    }

    @Test
    void aReaderThatStartsInTheMiddleHasToBeginThere() {
        OrderCheck late = OrderCheck.from(500);
        late.accept(0, 501, 501);

        assertThat(late.gaps()).isPositive();
    }

    @Test
    void aReaderThatStartsInTheMiddleMissesNothingOfAnyLane() {
        OrderCheck late = OrderCheck.from(500);
        LongStream.range(500, EVENTS).forEach(number -> late.accept(0, number, number));

        assertThat(late.gaps() + late.repeats()).isZero();
        assertThat(late.nextNumber()).isEqualTo(EVENTS);
    }

    private void read(LongStream numbers) {
        numbers.forEach(number -> check.accept(0, number, number));
    }
}
