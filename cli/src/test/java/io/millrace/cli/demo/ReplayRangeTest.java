// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.output.DeliveredEvent;
import io.millrace.core.topic.TopicName;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayRangeTest {
    private static final TopicName TOPIC = new TopicName("orders");
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    @Test
    void recordsOfOneMillisecondAreAllInOrAllOut() {
        List<DeliveredEvent> stream = StreamVerifierTest.delivered(Flights.load(1_000)); // ten records a millisecond

        ReplayRange range = ReplayRange.inTheMiddleOf(stream);

        assertThat(range.from()).isEqualTo(NOON.plusMillis(30));
        assertThat(range.to()).isEqualTo(NOON.plusMillis(60));
        assertThat(range.expected().nextSetBit(0)).isEqualTo(300);
        assertThat(range.expected().length()).isEqualTo(600);
        assertThat(range.expected().cardinality()).isEqualTo(300);
    }

    @Test
    void aStreamOfASingleMillisecondIsReplayedAsAWhole() {
        List<DeliveredEvent> stream = at(NOON, StreamVerifierTest.delivered(Flights.load(100)));

        ReplayRange range = ReplayRange.inTheMiddleOf(stream);

        assertThat(range.to()).isEqualTo(NOON.plusMillis(1));
        assertThat(range.expected().cardinality()).isEqualTo(100);
    }

    @Test
    void aClockThatStepsBackMovesTheRangeAsTheLogReckonsIt() {
        List<DeliveredEvent> stream = List.of(
                event(0, 0),
                event(1, 50),
                event(2, 20),
                event(3, 60),
                event(4, 40),
                event(5, 70),
                event(6, 80),
                event(7, 90),
                event(8, 100),
                event(9, 110));

        ReplayRange range = ReplayRange.inTheMiddleOf(stream); // times 50 to 80: offsets [1, 6)

        assertThat(range.from()).isEqualTo(NOON.plusMillis(50));
        assertThat(range.to()).isEqualTo(NOON.plusMillis(80));
        assertThat(range.expected().stream()).containsExactly(1, 2, 3, 4, 5);
    }

    private static DeliveredEvent event(int index, int millis) {
        return new DeliveredEvent(
                TOPIC, 0, index, NOON.plusMillis(millis), Flights.load(10).get(index));
    }

    private static List<DeliveredEvent> at(Instant time, List<DeliveredEvent> stream) {
        return stream.stream()
                .map(event -> new DeliveredEvent(TOPIC, event.partition(), event.offset(), time, event.event()))
                .toList();
    }
}
