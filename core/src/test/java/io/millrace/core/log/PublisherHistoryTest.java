// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublisherHistoryTest {
    private static final int EVENTS = 2_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyEventThatIsRememberedIsAnsweredAsItWasSettled(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PublisherHistory history = PublisherHistory.none();
        List<Place> settled = new ArrayList<>();
        long[] ends = new long[3];
        long forgotten = 0;
        while (settled.size() < EVENTS) {
            settle(history, settled, ends, random);
            if (random.nextInt(50) == 0) {
                forgotten = Math.max(forgotten, random.nextLong(settled.size() + 1));
                history.forgetThrough(forgotten);
            }
        }

        assertThat(history.lastSequence()).isEqualTo(EVENTS);
        assertThat(history.runs()).hasSizeLessThan(EVENTS);
        assertAnswers(history, settled, forgotten);
        assertAnswers(PublisherHistory.of(history.lastSequence(), history.runs()), settled, forgotten);
    }

    @Test
    void noMoreIsRememberedThanAPublisherMayHaveUnsettled() {
        PublisherHistory history = PublisherHistory.none();
        for (int i = 0; i < 2 * PublisherHistory.MAX_EVENTS; i++) {
            history.stored(0, 3L * i);
        }

        assertThat(history.runs()).hasSize(PublisherHistory.MAX_EVENTS);
        assertThat(history.runs().get(0).firstSequence()).isEqualTo(PublisherHistory.MAX_EVENTS + 1);
    }

    @Test
    void aCopyChangesAlone() {
        PublisherHistory history = PublisherHistory.none();
        history.stored(0, 0);
        PublisherHistory copy = history.copy();
        copy.stored(0, 1);

        assertThat(history.lastSequence()).isEqualTo(1);
        assertThat(copy.lastSequence()).isEqualTo(2);
    }

    private static void settle(PublisherHistory history, List<Place> settled, long[] ends, SplittableRandom random) {
        if (random.nextInt(20) == 0) {
            Reason reason = random.nextBoolean() ? Reason.EVENT_INVALID : Reason.EVENT_TOO_LARGE;
            history.refused(reason);
            settled.add(new Place(AppendResult.NOT_STORED, AppendResult.NOT_STORED, reason));
            return;
        }
        int partition = random.nextInt(10) == 0 ? random.nextInt(3) : 0;
        ends[partition] += random.nextInt(10) == 0 ? 2 : 1; // others write there too
        history.stored(partition, ends[partition]);
        settled.add(new Place(partition, ends[partition], null));
    }

    private static void assertAnswers(PublisherHistory history, List<Place> settled, long forgotten) {
        int[] partitions = new int[EVENTS];
        long[] offsets = new long[EVENTS];
        Map<Integer, Refusal> failures = new HashMap<>();
        history.answer(1, EVENTS, partitions, offsets, failures);
        for (int i = 0; i < EVENTS; i++) {
            Place place = settled.get(i);
            Refusal failure = failures.get(i);
            Reason reason = failure == null ? null : failure.reason();
            if (i < forgotten) {
                assertThat(reason).isEqualTo(Reason.ALREADY_STORED);
            } else {
                assertThat(new Place(partitions[i], offsets[i], reason)).isEqualTo(place);
            }
        }
    }

    private record Place(
            int partition, long offset, @Nullable Reason refused) {}
}
