// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.frame.Slice;
import io.millrace.core.event.Event;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ReceivedEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slices of several runs: exactly the events that a test lets through, in order, within the bounds. */
class SelectionTest {
    private static final int MIB = 1024 * 1024;
    private static final int ANY = Integer.MAX_VALUE;
    private static final Selection TENS = Selection.of((bytes, start, end) -> number(bytes, start, end) % 10 == 0);

    private final MemoryLedger ledger = new MemoryLedger(64L * MIB);
    private final Ring ring = new Ring(0, ledger, 4 * MIB, 4 * MIB);

    @AfterEach
    void theLedgerIsBackAtZero() {
        ring.close();
        assertThat(ledger.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aReaderGetsExactlyTheEventsThatPassHoweverItIsBounded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int modulus = random.nextInt(1, 40);
        Selection selection = Selection.of((bytes, start, end) -> number(bytes, start, end) % modulus == 0);
        List<Long> published = appendWithHoles(random, 20_000);
        List<Long> expected =
                published.stream().filter(offset -> offset % modulus == 0).toList();

        RingReader reader = readerAt(0);
        List<Long> received = new ArrayList<>();
        long passed = 0;
        while (reader.hasNext()) {
            int maxEvents = random.nextInt(0, 50);
            int maxBytes = random.nextInt(1, 4_000);
            Slice slice = Objects.requireNonNull(reader.next(maxEvents, maxBytes, ReadEnd.NEVER, selection));
            List<Long> offsets = offsets(slice);
            assertThat(offsets).hasSize(slice.events()).hasSizeLessThanOrEqualTo(maxEvents);
            assertThat(slice.lengthBytes() <= maxBytes || slice.events() == 1).isTrue();
            received.addAll(offsets);
            passed += slice.passed();
        }
        assertThat(received).isEqualTo(expected);
        assertThat(passed).isEqualTo(published.size());
    }

    @Test
    void withoutRoomForAnEventOnlyWhatIsLeftOutIsPassed() {
        append(1, 25);
        RingReader reader = readerAt(1);

        assertThat(next(reader, 0))
                .extracting(Slice::events, Slice::passed, Slice::lastOffset)
                .containsExactly(0, 9, 9L);
        assertThat(next(reader, 0))
                .extracting(Slice::events, Slice::passed, Slice::lastOffset)
                .containsExactly(0, 0, 9L);
        assertThat(next(reader, 1))
                .extracting(Slice::events, Slice::passed, Slice::lastOffset)
                .containsExactly(1, 10, 19L);
    }

    @Test
    void aPlaceInTheMiddleResumesThere() {
        append(0, 100);

        assertThat(offsets(next(readerAt(31), ANY))).containsExactly(40L, 50L, 60L, 70L, 80L, 90L);
        assertThat(offsets(next(readerAt(60), 2))).containsExactly(60L, 70L);
    }

    @Test
    void theEndOfTheReadIsTheEnd() {
        append(0, 100);
        RingReader reader = readerAt(0);
        Slice slice = Objects.requireNonNull(reader.next(ANY, ANY, ReadEnd.atOffset(35), TENS));

        assertThat(offsets(slice)).containsExactly(0L, 10L, 20L, 30L);
        assertThat(slice.lastOffset()).isEqualTo(34);
        assertThat(reader.next(ANY, ANY, ReadEnd.atOffset(35), TENS)).isNull();
    }

    private Slice next(RingReader reader, int maxEvents) {
        return Objects.requireNonNull(reader.next(maxEvents, ANY, ReadEnd.NEVER, TENS));
    }

    private RingReader readerAt(long offset) {
        return Objects.requireNonNull(RingReader.at(ring, offset));
    }

    private void append(long from, long to) {
        List<StoredEvent> events = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            events.add(event(offset));
        }
        ring.append(new LogBatch(ring.head(), to, events));
    }

    private List<Long> appendWithHoles(SplittableRandom random, long end) {
        List<Long> published = new ArrayList<>();
        while (ring.head() < end) {
            long to = ring.head() + random.nextInt(1, 300);
            List<StoredEvent> events = new ArrayList<>();
            for (long offset = ring.head(); offset < to; offset++) {
                if (random.nextInt(5) > 0) {
                    events.add(event(offset));
                    published.add(offset);
                }
            }
            ring.append(new LogBatch(ring.head(), to, events));
        }
        return published;
    }

    private static StoredEvent event(long offset) {
        return new StoredEvent(
                offset, 1_000, Event.builder().data(Long.toString(offset)).build());
    }

    private static long number(byte[] bytes, int start, int end) {
        try {
            return EventBatch.parseFrom(Arrays.copyOfRange(bytes, start, end))
                    .getEvents(0)
                    .getOffset();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Long> offsets(Slice slice) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            slice.writeTo(out);
            assertThat(out.size()).isEqualTo(slice.lengthBytes());
            return EventBatch.parseFrom(out.toByteArray()).getEventsList().stream()
                    .map(ReceivedEvent::getOffset)
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
