// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;

class InflowTest {
    @Test
    void everythingComesInOrderAndThenTheEnd() {
        List<Integer> taken = new ArrayList<>();
        try (Inflow<Integer> inflow = Inflow.of(Flux.range(0, 1_000), 16)) {
            for (Integer next = next(inflow); next != null; next = next(inflow)) {
                taken.add(next);
            }
        }
        assertThat(taken).hasSize(1_000).isSorted();
    }

    @Test
    void noMoreIsRequestedThanThereIsRoomFor() {
        TestPublisher<Integer> publisher = TestPublisher.create();
        try (Inflow<Integer> inflow = Inflow.of(publisher, 8)) {
            publisher.assertMaxRequested(8);
            for (int i = 0; i < 8; i++) {
                publisher.next(i);
            }
            assertThat(next(inflow)).isZero();
            publisher.assertMaxRequested(8); // one taken: not worth a request yet
            assertThat(next(inflow)).isEqualTo(1);
            publisher.next(8, 9);
            assertThat(next(inflow)).isEqualTo(2);
        }
        publisher.assertCancelled();
    }

    @Test
    void anErrorIsThrownAfterWhatCameBeforeIt() {
        try (Inflow<Integer> inflow =
                Inflow.of(Flux.just(1).concatWith(Flux.error(new IllegalStateException("x"))), 8)) {
            assertThat(next(inflow)).isEqualTo(1);
            assertThatThrownBy(() -> next(inflow)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whoWaitsIsToldAtOnceAndMayStop() {
        AtomicInteger idle = new AtomicInteger();
        try (Inflow<Integer> inflow = Inflow.of(Flux.never(), 8)) {
            assertThat(inflow.next(idle::incrementAndGet, () -> idle.get() == 2))
                    .isNull();
        }
        assertThat(idle).hasValue(2);
    }

    private static Integer next(Inflow<Integer> inflow) {
        return inflow.next(() -> {}, () -> false);
    }
}
