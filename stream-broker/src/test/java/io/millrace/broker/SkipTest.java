// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.latest;
import static io.millrace.broker.SubscribeCall.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.Credit;
import io.millrace.v1.EndPosition;
import io.millrace.v1.Gap;
import io.millrace.v1.GapReason;
import io.millrace.v1.Position;
import io.millrace.v1.SlowConsumerPolicy;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeResponse.FrameCase;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader that asked to skip leaves out what it is too slow for, and is told exactly how much that was. */
class SkipTest {
    private static final int MORE_THAN_THE_RING = 20_000;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture(BrokerFixture.quick(), LogWithHoles::new);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsReceivedAndWhatIsSkippedIsWhatWasPublished(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SubscribeCall call = open(Credit.newBuilder().setEvents(0).build());
        int published = 0;
        int expected = 0;
        int gaps = 0;
        for (int round = 0; round < 6; round++) {
            int more = random.nextInt(1, MORE_THAN_THE_RING);
            broker.append(published, published + more);
            published += more;
            int credit = random.nextInt(1, 3_000);
            call.credit(credit);
            for (int received = 0; received < credit && expected < published; ) {
                SubscribeResponse frame = call.next();
                if (frame.hasGap()) {
                    expected = afterGap(frame.getGap(), expected);
                    gaps++;
                } else if (frame.hasBatch()) {
                    for (int number : SubscribeCall.numbers(frame.getBatch())) {
                        assertThat(number).isEqualTo(expected++);
                        received++;
                    }
                }
            }
        }
        assertThat(gaps).isPositive();
        call.credit(Integer.MAX_VALUE);
        while (expected < published) {
            SubscribeResponse frame = call.next();
            if (frame.hasGap()) {
                expected = afterGap(frame.getGap(), expected);
            } else if (frame.hasBatch()) {
                expected += frame.getBatch().getEventsCount();
            }
        }
        assertThat(expected).isEqualTo(published);
    }

    @Test
    void whatIsMissedWhileNothingWasAskedForIsOneGapAndTheReaderIsNotSentBackToHistory() {
        SubscribeCall call = open(Credit.newBuilder().setEvents(0).build());
        for (int i = 0; i < 5; i++) {
            broker.append(i * MORE_THAN_THE_RING, (i + 1) * MORE_THAN_THE_RING);
        }
        while (call.next(FrameCase.HEARTBEAT).getHeartbeat().getLagEvents()
                < LogWithHoles.offset(5 * MORE_THAN_THE_RING)) {
            // the ring is still being filled
        }
        call.credit(Integer.MAX_VALUE);

        int expected = afterGap(call.next(FrameCase.GAP).getGap(), 0);
        assertThat(expected).isGreaterThan(4 * MORE_THAN_THE_RING);
        while (expected < 5 * MORE_THAN_THE_RING) {
            SubscribeResponse frame = call.next(FrameCase.BATCH);
            assertThat(SubscribeCall.numbers(frame.getBatch()).get(0)).isEqualTo(expected);
            expected += frame.getBatch().getEventsCount();
        }
    }

    @Test
    void aReadWithAnEndDoesNotSkipBeyondIt() {
        long end = LogWithHoles.offset(50);
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(
                        spec(latest())
                                .setSlowConsumerPolicy(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_SKIP)
                                .setEnd(EndPosition.newBuilder()
                                        .setOffsets(StartPosition.Offsets.newBuilder()
                                                .addPositions(
                                                        Position.newBuilder().setOffset(end))))
                                .build(),
                        Credit.newBuilder().setEvents(0).build());
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        broker.append(0, MORE_THAN_THE_RING);
        call.credit(10);

        Gap gap = call.next(FrameCase.GAP).getGap();
        assertThat(gap.getTo().getOffset()).isEqualTo(end);
        assertThat(gap.hasEvents()).isFalse();
        assertThat(call.next(FrameCase.HEARTBEAT)
                        .getHeartbeat()
                        .getCursor()
                        .getPlaces(0)
                        .getNextOffset())
                .isEqualTo(end);
        assertThat(call.end().isOk()).isTrue();
    }

    private SubscribeCall open(Credit credit) {
        SubscribeCall call =
                SubscribeCall.on(broker.channel()).open(latest(), SlowConsumerPolicy.SLOW_CONSUMER_POLICY_SKIP, credit);
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        return call;
    }

    /** The number of the event that comes after a gap, by the gap's own count and by its place. */
    private static int afterGap(Gap gap, int expected) {
        assertThat(gap.getReason()).isEqualTo(GapReason.GAP_REASON_SKIPPED);
        assertThat(gap.getFrom().getOffset())
                .isBetween(expected == 0 ? 0 : LogWithHoles.offset(expected - 1) + 1, LogWithHoles.offset(expected));
        int next = expected + (int) gap.getEvents();
        assertThat(LogWithHoles.offset(next)).isEqualTo(gap.getTo().getOffset());
        return next;
    }
}
