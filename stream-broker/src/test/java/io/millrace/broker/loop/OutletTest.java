// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;

/** When a consumer that looks for itself is told to look. */
class OutletTest {
    private final Looking consumer = new Looking();
    private final Numbers numbers = new Numbers(consumer);

    @Test
    void aConsumerThatDoesNotLookIsToldOnce() {
        fuse();

        numbers.put(1);
        numbers.put(2);
        numbers.put(3);

        assertThat(consumer.told).isEqualTo(1);
    }

    @Test
    void whoHasFoundNothingIsToldOfTheNext() {
        fuse();
        numbers.put(1);
        assertThat(numbers.poll()).isEqualTo(1);
        assertThat(numbers.poll()).isNull();

        numbers.put(2);

        assertThat(consumer.told).isEqualTo(2);
        assertThat(numbers.poll()).isEqualTo(2);
    }

    @Test
    void whoStoppedBeforeTheEndIsNotToldAgainAndFindsTheRest() {
        fuse();
        numbers.put(1);
        numbers.put(2);
        assertThat(numbers.poll()).isEqualTo(1);

        numbers.put(3);

        assertThat(consumer.told).isEqualTo(1);
        assertThat(List.of(numbers.poll(), numbers.poll())).containsExactly(2, 3);
        assertThat(numbers.poll()).isNull();
    }

    @Test
    void whoHasSeenThatThereIsNothingIsTold() {
        fuse();
        assertThat(numbers.isEmpty()).isTrue();

        numbers.put(1);
        assertThat(numbers.isEmpty()).isFalse();
        numbers.put(2);

        assertThat(consumer.told).isEqualTo(1);
    }

    @Test
    void aConsumerThatIsNotFusedGetsWhatItRequests() {
        numbers.put(1);
        numbers.request(2);
        numbers.put(2);
        numbers.put(3);

        assertThat(consumer.received).containsExactly(1, 2);
    }

    private void fuse() {
        assertThat(numbers.requestFusion(Fuseable.ANY)).isEqualTo(Fuseable.ASYNC);
    }

    private static final class Numbers extends Outlet<Integer> {
        private final Queue<Integer> waiting = new ArrayDeque<>();

        Numbers(CoreSubscriber<? super Integer> actual) {
            super(ImmediateEventExecutor.INSTANCE, actual);
        }

        void put(int number) {
            waiting.add(number);
            wake();
        }

        @Override
        protected @Nullable Integer produce() {
            return waiting.poll();
        }

        @Override
        protected boolean canProduce() {
            return !waiting.isEmpty();
        }

        @Override
        protected void release() {
            waiting.clear();
        }
    }

    /** Counts how often it is told, and keeps what it is given. */
    private static final class Looking implements CoreSubscriber<Integer> {
        private final List<Integer> received = new ArrayList<>();
        private int told;

        @Override
        public void onSubscribe(Subscription subscription) {
            // the test asks by itself
        }

        @Override
        @SuppressWarnings("NullAway") // null is how an ASYNC-fused source says "look again"
        public void onNext(@Nullable Integer number) {
            if (number == null) {
                told++;
            } else {
                received.add(number);
            }
        }

        @Override
        public void onError(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onComplete() {
            // not in these tests
        }
    }
}
