// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.frame.Slice;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingMemoryTest {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int ANY = Integer.MAX_VALUE;

    private final MemoryLedger ledger = new MemoryLedger(64L * MIB);
    private final RingMemory memory = new RingMemory(ledger, MIB, 16 * MIB);
    private final List<Ring> rings = new ArrayList<>();

    @AfterEach
    void theLedgerIsBackAtZero() {
        rings.forEach(Ring::close);
        assertThat(ledger.usedBytes()).isZero();
    }

    @Test
    void tenThousandRingsThatNothingComesToHoldAlmostNothing() {
        open(10_000);

        assertThat(ledger.usedBytes()).isLessThan(2L * MIB);
    }

    @Test
    void tenThousandRingsWithAFewEventsEachHoldAboutWhatTheEventsAre() {
        open(10_000).forEach(ring -> append(ring, 5, 100));

        assertThat(ledger.usedBytes()).isLessThan(20L * MIB);
        assertThat(rings).allSatisfy(ring -> assertThat(ring.base()).isZero());
    }

    @Test
    void tenThousandRingsWithMoreThanTheLedgerHasStayWithinIt() {
        open(10_000);
        for (int round = 0; round < 20; round++) {
            rings.forEach(ring -> append(ring, 10, 200));
            assertThat(ledger.usedBytes()).isLessThanOrEqualTo(ledger.limitBytes());
        }

        assertThat(rings).allSatisfy(ring -> assertThat(ring.head()).isEqualTo(200));
    }

    @Test
    void largeEventsInTenThousandRingsStayWithinTheLedgerToo() {
        open(10_000).forEach(ring -> append(ring, 1, 256 * KIB));

        assertThat(ledger.usedBytes()).isLessThanOrEqualTo(ledger.limitBytes());
    }

    @Test
    void ringsThatNobodyWritesGiveBackWhileMemoryIsShort() {
        List<Ring> idle = open(6);
        idle.forEach(ring -> append(ring, 30_000, 400));
        Ring busy = open(1).get(0);
        append(busy, 60_000, 400);

        assertThat(ledger.usedBytes()).isLessThan(ledger.limitBytes());
        assertThat(idle).anySatisfy(ring -> assertThat(ring.heldBytes()).isLessThanOrEqualTo(MIB));
        assertThat(busy.heldBytes()).isPositive();
    }

    @Test
    void aReaderOfARingThatGaveEverythingBackGoesOnWithWhatComesNext() {
        Ring ring = open(1).get(0);
        append(ring, 10, 100);
        MemoryLedger.Account others = ledger.open();
        others.take(64L * MIB);
        open(4_000);
        RingReader reader = Objects.requireNonNull(RingReader.at(ring, 10));
        ring.trim();
        assertThat(ring.heldBytes()).isGreaterThan(KIB); // a few KiB are within its share
        open(40_000);
        ring.trim();
        others.close();

        assertThat(ring.heldBytes()).isLessThan(KIB);
        assertThat(reader.isOvertaken()).isTrue();
        assertThat(RingReader.at(ring, 9)).isNull();
        RingReader next = Objects.requireNonNull(RingReader.at(ring, 10));
        assertThat(next.hasNext()).isFalse();
        append(ring, 1, 100);
        assertThat(next.next(ANY, ANY, ReadEnd.NEVER))
                .extracting(Slice::lastOffset)
                .isEqualTo(10L);
    }

    @Test
    void anEventThatDoesNotFitIsPassedOverAndItsReaderKnows() {
        RingMemory small = new RingMemory(ledger, 8 * KIB, 8 * KIB);
        Ring ring = small.open(0);
        rings.add(ring);
        append(ring, 3, 100);
        RingReader reader = Objects.requireNonNull(RingReader.at(ring, 3));
        append(ring, 1, 10 * KIB);

        assertThat(ring.heldBytes()).isLessThanOrEqualTo(8 * KIB);
        assertThat(ring.head()).isEqualTo(4);
        assertThat(reader.isOvertaken()).isTrue();
        assertThat(RingReader.at(ring, 3)).isNull();
        append(ring, 2, 100);
        assertThat(Objects.requireNonNull(RingReader.at(ring, 4)).next(ANY, ANY, ReadEnd.NEVER))
                .extracting(Slice::events)
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void whateverComesEachRingStaysWithinItsBoundAndItsNewestEventsAreThere(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MemoryLedger.Account others = ledger.open();
        open(50);
        for (int step = 0; step < 3_000; step++) {
            Ring ring = rings.get(random.nextInt(rings.size()));
            append(ring, random.nextInt(1, 40), random.nextInt(1, 1 << random.nextInt(1, 16)));
            others.give(others.heldBytes());
            others.take(random.nextInt(64 * MIB));

            assertThat(ring.heldBytes()).isLessThanOrEqualTo(16L * MIB);
            assertThat(RingReader.at(ring, ring.head())).isNotNull();
        }
        others.close();
    }

    private List<Ring> open(int count) {
        List<Ring> opened =
                LongStream.range(0, count).mapToObj(i -> memory.open(0)).toList();
        rings.addAll(opened);
        return opened;
    }

    private void append(Ring ring, int count, int dataBytes) {
        Event event = Event.of(Bytes.wrap(new byte[dataBytes]));
        long from = ring.head();
        for (long offset = from; offset < from + count; offset++) {
            ring.append(new LogBatch(offset, offset + 1, List.of(new StoredEvent(offset, 1_000 + offset, event))));
            memory.relieve();
        }
    }
}
