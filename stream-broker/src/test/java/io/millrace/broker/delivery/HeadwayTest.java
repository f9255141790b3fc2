// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadwayTest {
    private static final int BATCH = 32 << 10;
    private static final int BATCH_EVENTS = 100;
    private static final long FREE_EVENTS = Headway.FREE_BYTES / BATCH * BATCH_EVENTS;
    private static final long SECOND = 1_000_000_000;

    private final Headway headway = new Headway();
    private final Topic topic = new Topic();

    @Test
    void aShortReplayIsNotHeldBack() {
        topic.head = FREE_EVENTS;

        assertThat(bytesUntilItMayWait()).isEqualTo(Headway.FREE_BYTES);
    }

    @Test
    void aLongOneIsAsSoonAsASampleTellsThatItIs() {
        topic.head = 2 * FREE_EVENTS;

        assertThat(bytesUntilItMayWait()).isLessThanOrEqualTo(Headway.SAMPLE_BYTES);
    }

    @Test
    void oneIsLongByWhatItReadsAndNotByWhatIsThere() {
        topic.head = 1_000 * FREE_EVENTS;
        topic.end = FREE_EVENTS / 2;

        assertThat(bytesUntilItMayWait()).isEqualTo(Headway.FREE_BYTES);
    }

    @Test
    void oneThatWasLiveMeanwhileIsANewOne() {
        topic.head = FREE_EVENTS;
        bytesUntilItMayWait();
        assertThat(sendsABatchAndMayWait()).isTrue();

        headway.begin();

        assertThat(sendsABatchAndMayWait()).isFalse();
    }

    @Test
    void oneThatDoesNotGainOnItsTopicIsNotHeldBack() {
        topic.head = 1_000 * FREE_EVENTS;
        bytesUntilItMayWait();

        assertThat(mayWaitASecondLater(10_000, 0)).as("nothing is written").isTrue();
        assertThat(mayWaitASecondLater(10_000, 9_000))
                .as("10,000 read, 9,000 written")
                .isFalse();
        assertThat(mayWaitASecondLater(20_000, 9_000))
                .as("20,000 read, 9,000 written")
                .isTrue();
    }

    private long bytesUntilItMayWait() {
        long bytes = 0;
        while (!sendsABatchAndMayWait()) {
            bytes += BATCH;
        }
        return bytes;
    }

    private boolean sendsABatchAndMayWait() {
        topic.place += BATCH_EVENTS;
        return headway.mayWait(BATCH, topic.nowNanos, topic);
    }

    private boolean mayWaitASecondLater(long read, long written) {
        topic.nowNanos += SECOND;
        topic.place += read - BATCH_EVENTS;
        topic.head += written;
        return sendsABatchAndMayWait();
    }

    private static final class Topic implements Headway.Course {
        private long nowNanos;
        private long place;
        private long head;
        private long end = Long.MAX_VALUE;

        @Override
        public long place() {
            return place;
        }

        @Override
        public long lagEvents() {
            return Math.max(0, head - place);
        }

        @Override
        public long offsetsToCome() {
            return Math.max(0, Math.min(head, end) - place);
        }
    }
}
