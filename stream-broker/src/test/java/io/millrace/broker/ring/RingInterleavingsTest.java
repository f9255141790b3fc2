// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.broker.frame.EventFramer;
import io.millrace.broker.frame.Slice;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Lincheck tries the interleavings of a writer and a reader that does what a cursor does.
 *
 * <p>A failure with an empty first line, "Concurrent test has hung" and no trace is no fault of the ring: Lincheck 3.7 waits
 * 30 s of wall clock for an interleaving, and the first one loads and instruments all classes, so a machine that gives
 * the process no time for so long ends in it. A deadlock says so again on a machine that is not busy.
 */
class RingInterleavingsTest {
    private static final int INTERLEAVINGS = 100;
    private static final int EVENTS = 4;
    private static final int ANY = Integer.MAX_VALUE;

    /** Two events of these have room, a third one drives the first out. */
    private static final int BOUND_BYTES = 900;

    private static final Event EVENT = Event.of(Bytes.wrap(new byte[200]));
    private static final List<LogBatch> SINGLES = List.of(batch(0, 1), batch(1, 2), batch(2, 3), batch(3, 4));
    private static final List<LogBatch> PAIRS = List.of(batch(0, 2), batch(2, 4));
    private static final List<byte[]> FRAMED =
            SINGLES.stream().map(single -> framed(single.events().get(0))).toList();

    @Test
    void aReaderSeesAPrefixWithoutGapWhileEverythingFits() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Reading reading = readWhileWritten(ring(1 << 20), SINGLES);
            check(!reading.wasOvertaken, "overtaken, though nothing was given up");
        });
    }

    @Test
    void aReaderThatIsOvertakenFindsOutAndSeesNoGapOtherwise() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> readWhileWritten(ring(BOUND_BYTES), PAIRS));
    }

    @Test
    void aRingThatIsTrimmedMeanwhileIsNoDifferent() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            MemoryLedger ledger = new MemoryLedger(1 << 20);
            Ring ring = new Ring(0, ledger, 0, 1 << 20);
            Reading reading = new Reading(ring);
            ring.append(SINGLES.get(0));
            ledger.open().take(1 << 20);
            Thread trimming = new Thread(ring::trim);
            trimming.start();
            reading.look();
            ring.append(SINGLES.get(1));
            reading.look();
            join(trimming);
            reading.look();
            reading.look();
            check(reading.next == 2, "the reader stands at " + reading.next);
        });
    }

    @Test
    void whoReadsARingThatIsClosedIsOvertaken() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            MemoryLedger ledger = new MemoryLedger(1 << 20);
            Ring ring = new Ring(0, ledger, BOUND_BYTES, BOUND_BYTES);
            RingReader reader = RingReader.at(ring, 0);
            Thread closing = new Thread(ring::close);
            closing.start();
            ring.append(SINGLES.get(0));
            ring.append(SINGLES.get(1));
            join(closing);
            check(reader != null && reader.isOvertaken() && RingReader.at(ring, 0) == null, "not overtaken");
            check(ledger.usedBytes() == 0, "the ledger holds something");
        });
    }

    /** Looks three times while the batches are written, and to the end when they are. */
    private static Reading readWhileWritten(Ring ring, List<LogBatch> batches) {
        Reading reading = new Reading(ring);
        Thread writer = new Thread(() -> batches.forEach(ring::append));
        writer.start();
        reading.look();
        reading.look();
        reading.look();
        join(writer);
        reading.lookToTheEnd();
        return reading;
    }

    private static LogBatch batch(long from, long to) {
        return new LogBatch(
                from,
                to,
                LongStream.range(from, to)
                        .mapToObj(offset -> new StoredEvent(offset, 1_000, EVENT))
                        .toList());
    }

    private static byte[] framed(StoredEvent event) {
        EventFramer framer = new EventFramer();
        int lengthBytes = framer.frame(event);
        return Arrays.copyOfRange(framer.buffer(), framer.start(), framer.start() + lengthBytes);
    }

    private static Ring ring(int boundBytes) {
        return new Ring(0, new MemoryLedger(1 << 20), boundBytes, boundBytes);
    }

    /** A cursor's way of reading, except that it passes over what the ring has given up, where a cursor reads the log. */
    private static final class Reading {
        private final Ring ring;
        private @Nullable RingReader reader;
        private long next;
        private boolean wasOvertaken;

        Reading(Ring ring) {
            this.ring = ring;
            this.reader = RingReader.at(ring, 0);
        }

        void look() {
            long head = ring.head();
            RingReader current = reader;
            if (current == null || current.isOvertaken()) {
                wasOvertaken = true;
                next = Math.max(next, Math.min(ring.base(), head));
                reader = RingReader.at(ring, next);
                return;
            }
            if (!current.hasNext()) {
                check(next >= head, "nothing to read at " + next + ", and the head was " + head);
                return;
            }
            Slice slice = current.next(ANY, ANY, ReadEnd.NEVER);
            if (slice != null) {
                check(slice.lastOffset() - slice.events() + 1 == next, "a gap before " + slice.lastOffset());
                requireBytesOf(slice);
                slice.lease().end();
                next = slice.lastOffset() + 1;
            }
        }

        /** The ring may write over a page, but not while a slice of it is being read. */
        private void requireBytesOf(Slice slice) {
            byte[] expected = new byte[0];
            for (long offset = next; offset <= slice.lastOffset(); offset++) {
                byte[] framed = FRAMED.get((int) offset);
                int length = expected.length;
                expected = Arrays.copyOf(expected, length + framed.length);
                System.arraycopy(framed, 0, expected, length, framed.length);
            }
            int end = slice.start() + slice.lengthBytes();
            check(
                    Arrays.equals(slice.bytes(), slice.start(), end, expected, 0, expected.length),
                    "other bytes at " + next);
        }

        void lookToTheEnd() {
            for (int looks = 0; looks < 3 * EVENTS && next < EVENTS; looks++) {
                look();
            }
            check(next == EVENTS, "the reader ended at " + next);
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
