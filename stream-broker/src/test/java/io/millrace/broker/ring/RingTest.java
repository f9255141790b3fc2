// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.broker.frame.Slice;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ReceivedEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {
    private static final int MIB = 1024 * 1024;
    private static final int ANY = Integer.MAX_VALUE;

    private final MemoryLedger ledger = new MemoryLedger(64L * MIB);
    private final Ring ring = new Ring(100, ledger, MIB, 2 * MIB);

    @AfterEach
    void theLedgerIsBackAtZero() {
        ring.close();
        assertThat(ledger.usedBytes()).isZero();
    }

    @Test
    void aReaderGetsWhatWasAppendedFromItsPlaceOn() {
        append(100, 110);
        RingReader reader = readerAt(104);

        assertThat(offsets(reader)).containsExactlyElementsOf(range(104, 110));
        assertThat(reader.hasNext()).isFalse();
    }

    @Test
    void aReaderAheadOfTheHeadWaitsForItsPlace() {
        append(100, 105);
        RingReader reader = readerAt(108);
        assertThat(reader.hasNext()).isFalse();
        append(105, 110);

        assertThat(offsets(reader)).containsExactly(108L, 109L);
    }

    @Test
    void offsetsThatHoldNoEventArePassedOver() {
        ring.append(new LogBatch(100, 120, List.of(event(101), event(110), event(119))));
        ring.append(new LogBatch(120, 125, List.of()));

        assertThat(offsets(readerAt(102))).containsExactly(110L, 119L);
        assertThat(ring.head()).isEqualTo(125);
    }

    @Test
    void aPlaceBeforeTheRingIsRefused() {
        assertThat(RingReader.at(ring, 99)).isNull();
    }

    @Test
    void theRingStaysWithinItsBoundAndOvertakenReadersFindOut() {
        RingReader slow = readerAt(100);
        append(100, 60_100);

        assertThat(ring.heldBytes()).isLessThanOrEqualTo(2 * MIB + 2 * Page.PAGE_BYTES);
        assertThat(ring.base()).isGreaterThan(100);
        assertThat(slow.isOvertaken()).isTrue();
        assertThat(slow.hasNext()).isTrue();
        assertThat(slow.next(ANY, ANY, ReadEnd.NEVER)).isNull();
        assertThat(RingReader.at(ring, ring.base())).isNotNull();
        assertThat(RingReader.at(ring, ring.base() - 1)).isNull();
    }

    @Test
    void itGrowsToItsLowerBoundOnlyWhileMemoryIsShort() {
        MemoryLedger.Account others = ledger.open();
        others.take(63L * MIB);
        append(100, 60_100);
        assertThat(ring.heldBytes()).isLessThanOrEqualTo(MIB + 2 * Page.PAGE_BYTES);
        others.close();
    }

    @Test
    void aSliceKeepsItsBytesAfterTheRingHasGivenThemUpUntilItsLeaseEnds() throws IOException {
        append(100, 60_100);
        Slice early = Objects.requireNonNull(readerAt(ring.base()).next(ANY, ANY, ReadEnd.NEVER));
        long next = early.lastOffset() + 1;
        append(60_100, 120_100);

        assertThat(unleased(early)).containsExactlyElementsOf(range(next - early.events(), next));
    }

    @Test
    void aLeaseEndsOnce() {
        append(100, 110);
        Slice slice = Objects.requireNonNull(readerAt(100).next(ANY, ANY, ReadEnd.NEVER));
        slice.lease().end();

        assertThatIllegalStateException().isThrownBy(slice.lease()::end).withMessage("a lease ends once");
    }

    @Test
    void aFullRingWritesItsNextPageOverTheOneThatItGivesUp() {
        append(100, 60_100);
        Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
        RingReader reader = readerAt(60_100);
        for (long from = 60_100; from < 240_100; from += 1_000) {
            append(from, from + 1_000);
            while (reader.hasNext()) {
                Slice slice = Objects.requireNonNull(reader.next(ANY, ANY, ReadEnd.NEVER));
                pages.add(slice.bytes());
                slice.lease().end();
            }
        }

        assertThat(pages.size()).isBetween(2, 2 * MIB / Page.PAGE_BYTES);
    }

    @Test
    void aSliceEndsAtTheCreditTheBytesAndTheEndOfTheRead() {
        append(100, 200);
        int eventBytes = Objects.requireNonNull(readerAt(100).next(1, ANY, ReadEnd.NEVER))
                .lengthBytes();

        assertThat(readerAt(100).next(7, ANY, ReadEnd.NEVER))
                .extracting(Slice::events)
                .isEqualTo(7);
        assertThat(readerAt(100).next(ANY, 3 * eventBytes, ReadEnd.NEVER))
                .extracting(Slice::events)
                .isEqualTo(3);
        assertThat(readerAt(100).next(ANY, 4 * eventBytes - 1, ReadEnd.NEVER))
                .extracting(Slice::events)
                .isEqualTo(3);
        assertThat(readerAt(100).next(ANY, 1, ReadEnd.NEVER))
                .extracting(Slice::events)
                .isEqualTo(1);
        assertThat(readerAt(100).next(ANY, ANY, ReadEnd.atOffset(150)))
                .extracting(Slice::lastOffset)
                .isEqualTo(149L);
        assertThat(readerAt(100).next(ANY, ANY, ReadEnd.atTime(1_130)))
                .extracting(Slice::lastOffset)
                .isEqualTo(129L);
        assertThat(readerAt(150).next(ANY, ANY, ReadEnd.atOffset(150))).isNull();
    }

    @Test
    void anEventLargerThanAPageHasAPageOfItsOwn() {
        append(100, 101);
        ring.append(new LogBatch(101, 102, List.of(event(101, 300_000))));
        append(102, 103);

        assertThat(offsets(readerAt(100))).containsExactly(100L, 101L, 102L);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void aReaderOnAnotherThreadSeesEveryEventInOrderOrKnowsThatItWasOvertaken(long seed) {
        long end = 400_000;
        CompletableFuture<Long> reading = CompletableFuture.supplyAsync(() -> readAll(end));
        SplittableRandom random = new SplittableRandom(seed);
        for (long next = 100; next < end; ) {
            long to = Math.min(end, next + random.nextInt(1, 300));
            append(next, to);
            next = to;
        }

        assertThat(reading.join()).isEqualTo(end);
    }

    /** Reads as a cursor does: on where it can, from the ring's base where it was overtaken. */
    private long readAll(long end) {
        long expected = 100;
        RingReader reader = null;
        while (expected < end) {
            if (reader == null || reader.isOvertaken()) {
                expected = Math.max(expected, ring.base());
                reader = RingReader.at(ring, expected);
                continue;
            }
            Slice slice = reader.next(64, 8192, ReadEnd.NEVER);
            if (slice != null) {
                assertThat(offsets(slice)).containsExactlyElementsOf(range(expected, slice.lastOffset() + 1));
                expected = slice.lastOffset() + 1;
            }
        }
        return expected;
    }

    private RingReader readerAt(long offset) {
        return Objects.requireNonNull(RingReader.at(ring, offset));
    }

    private void append(long from, long to) {
        ring.append(new LogBatch(
                from, to, LongStream.range(from, to).mapToObj(RingTest::event).toList()));
    }

    private static StoredEvent event(long offset) {
        return event(offset, 60);
    }

    private static StoredEvent event(long offset, int bytes) {
        byte[] data = ByteBuffer.allocate(bytes).putLong(0, offset).array();
        return new StoredEvent(offset, 1_000 + offset, Event.of(Bytes.wrap(data)));
    }

    private static List<Long> offsets(RingReader reader) {
        List<Long> offsets = new ArrayList<>();
        while (reader.hasNext()) {
            offsets.addAll(offsets(Objects.requireNonNull(reader.next(ANY, ANY, ReadEnd.NEVER))));
        }
        return offsets;
    }

    /** Reads the slice, which is written over from then on. */
    private static List<Long> offsets(Slice slice) {
        try {
            return unleased(slice);
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            slice.lease().end();
        }
    }

    private static List<Long> unleased(Slice slice) throws IOException {
        EventBatch batch = EventBatch.parser().parseFrom(slice.bytes(), slice.start(), slice.lengthBytes());
        assertThat(batch.getEventsCount()).isEqualTo(slice.events());
        return batch.getEventsList().stream()
                .peek(event -> assertThat(event.getEvent()
                                .getData()
                                .asReadOnlyByteBuffer()
                                .getLong())
                        .isEqualTo(event.getOffset()))
                .map(ReceivedEvent::getOffset)
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
