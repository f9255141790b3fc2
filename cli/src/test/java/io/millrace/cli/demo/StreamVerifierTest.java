// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.output.DeliveredEvent;
import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamVerifierTest {
    private static final TopicName TOPIC = new TopicName("orders");
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final int FLIGHTS = 300;

    private final List<Event> input = Flights.load(FLIGHTS);
    private final List<DeliveredEvent> stream = new ArrayList<>(delivered(input));

    @Test
    void aFaithfulStreamIsVerified() {
        Verdict verdict = verdict();

        assertThat(verdict.verified()).isTrue();
        assertThat(verdict.received()).isEqualTo(FLIGHTS);
        assertThat(verdict.checksum()).isEqualTo(verdict.expectedChecksum());
    }

    @Test
    void partitionsMayComeInAnyOrder() {
        stream.sort((a, b) -> a.partition() == b.partition()
                ? Long.compare(a.offset(), b.offset())
                : Integer.compare(b.partition(), a.partition()));

        assertThat(verdict().verified()).isTrue();
    }

    @Test
    void aDroppedEventIsAGap() {
        stream.remove(100);

        assertThat(verdict().verified()).isFalse();
        assertThat(verdict().gaps()).isEqualTo(1);
    }

    @Test
    void theLastEventDroppedIsAGapToo() {
        stream.remove(FLIGHTS - 1);

        assertThat(verdict().gaps()).isEqualTo(1);
    }

    @Test
    void aRepeatedEventIsADuplicate() {
        stream.add(150, stream.get(100));

        assertThat(verdict().verified()).isFalse();
        assertThat(verdict().duplicates()).isEqualTo(1);
        assertThat(verdict().gaps()).isZero();
    }

    @Test
    void aRepeatedEventInThePlaceOfAnotherIsBothADuplicateAndAGap() {
        stream.set(150, stream.get(100));

        assertThat(verdict().duplicates()).isEqualTo(1);
        assertThat(verdict().gaps()).isEqualTo(1);
    }

    @Test
    void twoEventsOfAPartitionExchangedAreOutOfOrder() {
        int second = nextOfPartition(100);
        Collections.swap(stream, 100, second);

        assertThat(verdict().verified()).isFalse();
        assertThat(verdict().reordered()).isPositive();
        assertThat(verdict().gaps()).isZero();
    }

    @Test
    void twoEventsOfAKeyThatWereStoredInTheWrongOrderAreOutOfOrder() {
        int second = nextOfKey(100);
        DeliveredEvent a = stream.get(100);
        DeliveredEvent b = stream.get(second);
        stream.set(100, new DeliveredEvent(TOPIC, a.partition(), a.offset(), NOON, b.event()));
        stream.set(second, new DeliveredEvent(TOPIC, b.partition(), b.offset(), NOON, a.event()));

        assertThat(verdict().reordered()).isPositive();
    }

    @Test
    void aChangedPayloadIsCorruptAndChangesTheChecksum() {
        DeliveredEvent original = stream.get(100);
        Event changed = original.event().toBuilder()
                .data(original.event().data().utf8().replace("delay", "dela!"))
                .build();
        stream.set(100, new DeliveredEvent(TOPIC, original.partition(), original.offset(), NOON, changed));

        assertThat(verdict().verified()).isFalse();
        assertThat(verdict().corrupt()).isEqualTo(1);
        assertThat(verdict().checksum()).isNotEqualTo(verdict().expectedChecksum());
    }

    @Test
    void aChangedKeyIsCorrupt() {
        DeliveredEvent original = stream.get(100);
        Event changed = original.event().toBuilder().key("XXX").build();
        stream.set(100, new DeliveredEvent(TOPIC, original.partition(), original.offset(), NOON, changed));

        assertThat(verdict().corrupt()).isEqualTo(1);
    }

    @Test
    void anEventThatNobodyPublishedIsCorrupt() {
        stream.add(new DeliveredEvent(
                TOPIC, 0, 1_000, NOON, Event.builder().id("stranger").build()));

        assertThat(verdict().verified()).isFalse();
        assertThat(verdict().corrupt()).isEqualTo(1);
    }

    @Test
    void anEventOutsideOfTheExpectedRangeIsFoundOut() {
        BitSet range = new BitSet();
        range.set(50, 100);
        StreamVerifier verifier = new StreamVerifier(input, range);
        stream.subList(50, 101).forEach(verifier::accept);

        assertThat(verifier.verdict().verified()).isFalse();
        assertThat(verifier.verdict().corrupt()).isEqualTo(1);
    }

    @Test
    void nothingAtAllIsNotVerified() {
        stream.clear();

        assertThat(verdict().verified()).isFalse();
        assertThat(verdict().gaps()).isEqualTo(FLIGHTS);
    }

    private Verdict verdict() {
        StreamVerifier verifier = StreamVerifier.ofAll(input);
        stream.forEach(verifier::accept);
        return verifier.verdict();
    }

    private int nextOfPartition(int index) {
        int next = index + 1;
        while (stream.get(next).partition() != stream.get(index).partition()) {
            next++;
        }
        return next;
    }

    private int nextOfKey(int index) {
        int next = index + 1;
        while (!stream.get(next).event().key().equals(stream.get(index).event().key())) {
            next++;
        }
        return next;
    }

    static List<DeliveredEvent> delivered(List<Event> input) {
        long[] offsets = new long[4];
        List<DeliveredEvent> stream = new ArrayList<>();
        for (int i = 0; i < input.size(); i++) {
            int partition = Math.floorMod(input.get(i).key().hashCode(), 4);
            stream.add(
                    new DeliveredEvent(TOPIC, partition, offsets[partition]++, NOON.plusMillis(i / 10), input.get(i)));
        }
        return stream;
    }
}
