// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.broker.frame.Slice;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.ring.ReadEnd;
import io.millrace.broker.ring.Selection;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.EventBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays of one partition, on threads whose order the test chooses. Afterwards the ledger is at zero. */
class ReplayTest {
    private static final int BATCH = 100;
    private static final long END = 10_000;
    private static final int BATCHES = (int) (END / BATCH);
    private static final TopicPartition PARTITION = new TopicPartition(new TopicName("t"), 0);

    private final MemoryLedger ledger = new MemoryLedger(64 << 20);
    private final Overload overload = new Overload(ledger);
    private final ManualLoop logThread = new ManualLoop();
    private final ManualLoop framing = new ManualLoop();
    private final ManualLoop loop = new ManualLoop();
    private ScriptedLog log = new ScriptedLog(logThread, END, offset -> true, from -> BATCH);
    private PartitionHistory history =
            new PartitionHistory(log, PARTITION, framing, overload, PartitionHistory.MAX_BYTES);

    @AfterEach
    void nothingIsHeld() {
        history.close();
        assertThat(ledger.usedBytes()).isZero();
        assertThat(log.openReads()).isZero();
    }

    @Test
    void tenReplaysThatBeginTogetherCostOneRead() {
        List<Reader> readers = readers(IntStream.range(0, 10).mapToLong(i -> 0));

        runInTurns(readers);

        readers.forEach(reader -> assertThat(reader.offsets).isEqualTo(log.offsets(0, END)));
        assertThat(log.reads()).isEqualTo(1);
        assertThat(log.batches()).isEqualTo(BATCHES);
    }

    @Test
    void replaysThatBeginALittleApartShareTheReadThatIsUnderWay() {
        List<Reader> readers = readers(IntStream.range(0, 10).mapToLong(i -> 37L * i));

        runInTurns(readers);

        for (int i = 0; i < readers.size(); i++) {
            assertThat(readers.get(i).offsets).isEqualTo(log.offsets(37L * i, END));
        }
        assertThat(log.reads()).isEqualTo(1);
    }

    @Test
    void aReplayThatStandsIsNotReadForAndHoldsNothing() {
        Reader reader = new Reader(0, ReadEnd.NEVER);
        reader.readSome(1);
        settle();
        reader.readSome(1);
        settle();

        assertThat(log.batches()).as("the chunk it stands in and two ahead").isEqualTo(3);
        assertThat(ledger.usedBytes()).isPositive();
        history.giveUpIdle();
        history.giveUpIdle();

        assertThat(ledger.usedBytes()).isZero();
        assertThat(reader.replay.hasNext()).isTrue();
        assertThat(log.batches()).isEqualTo(3);
        runInTurns(List.of(reader));
        assertThat(reader.offsets).isEqualTo(log.offsets(0, END));
    }

    @Test
    void aStalledReplayDoesNotSlowTheOthersAndFindsItsPlaceLater() {
        history = new PartitionHistory(log, PARTITION, framing, overload, 1 << 20);
        Reader stalled = new Reader(0, ReadEnd.NEVER);
        stalled.readSome(1);
        Reader moving = new Reader(0, ReadEnd.NEVER);

        runInTurns(List.of(moving));

        assertThat(moving.offsets).isEqualTo(log.offsets(0, END));
        assertThat(log.batches()).isEqualTo(BATCHES);
        runInTurns(List.of(stalled));
        assertThat(stalled.offsets).isEqualTo(log.offsets(0, END));
    }

    @Test
    void nothingIsReadBeyondWhatIsNeeded() {
        Reader reader = new Reader(0, ReadEnd.atOffset(150));

        runInTurns(List.of(reader));

        assertThat(reader.offsets).isEqualTo(log.offsets(0, 150));
        assertThat(log.batches()).isEqualTo(2);
    }

    @Test
    void whatRetentionHasRemovedIsRefusedAndTheNextReadBeginsAnew() {
        log.expireBefore(500);
        Reader reader = new Reader(100, ReadEnd.NEVER);
        reader.readSome(1);
        settle();

        assertThat(reader.failures)
                .singleElement()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal().reason()).isEqualTo(Reason.OFFSET_EXPIRED));
        reader.replay.close();

        Reader next = new Reader(500, ReadEnd.NEVER);
        runInTurns(List.of(next));
        assertThat(next.offsets).isEqualTo(log.offsets(500, END));
    }

    @Test
    void whatCannotBeFramedEndsTheReadBehindWhatCameBefore() {
        log.breakAt(250);
        Reader reader = new Reader(0, ReadEnd.NEVER);
        while (reader.failures.isEmpty()) {
            reader.readSome(BATCH);
            settle();
        }

        assertThat(reader.offsets).isEqualTo(log.offsets(0, 200));
        assertThat(log.openReads()).isZero();
        reader.replay.close();
    }

    @Test
    void whileMemoryIsShortOnlyWhatSomebodyReadsIsKept() {
        MemoryLedger.Account others = ledger.open();
        others.take(ledger.limitBytes() * 8 / 10);
        Reader reader = new Reader(0, ReadEnd.NEVER);
        long most = 0;
        while (!reader.isDone()) {
            reader.readSome(1000);
            settle();
            most = Math.max(most, ledger.usedBytes() - others.heldBytes());
        }
        others.close();

        assertThat(reader.offsets).isEqualTo(log.offsets(0, END));
        assertThat(most).isLessThan(1 << 20);
        reader.replay.close();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aReplayWhoseChunkWasGivenUpWaitsWhileMemoryIsShort() {
        Reader reader = new Reader(0, ReadEnd.NEVER);
        runUntil(() -> !reader.offsets.isEmpty(), () -> reader.readSome(1));
        history.giveUpIdle(); // it has read just now
        history.giveUpIdle();
        MemoryLedger.Account others = ledger.open();
        others.take(ledger.limitBytes());

        reader.readSome(1);
        assertThat(reader.offsets).hasSize(1);
        assertThat(reader.replay.isWaiting()).isTrue();

        others.close();
        loop.pass(Overload.LOOK_AGAIN);
        runInTurns(List.of(reader));
        assertThat(reader.offsets).isEqualTo(log.offsets(0, END));
    }

    @Test
    void chunksAreFramedIntoThePagesOfThoseThatWereGivenUp() {
        log = new ScriptedLog(logThread, 200 * END, offset -> true, from -> 250);
        history = new PartitionHistory(log, PARTITION, framing, overload, 2 << 20);
        Set<byte[]> pages = Collections.newSetFromMap(new IdentityHashMap<>());
        Replay replay = replay();
        for (int slices = 0; slices < 1_000; ) {
            Slice slice = nextSlice(replay);
            if (slice == null) {
                settle();
            } else {
                pages.add(slice.bytes());
                slice.lease().end();
                slices++;
            }
        }
        replay.close();

        assertThat(pages.size()).isLessThan(100);
    }

    @Test
    void whatAllHavePassedIsNotKept() {
        log = new ScriptedLog(logThread, 200 * END, offset -> true, from -> 250);
        history = new PartitionHistory(log, PARTITION, framing, overload, PartitionHistory.MAX_BYTES);
        Replay stalls = replay();
        List<Replay> move = List.of(replay(), replay());
        moveOn(100, List.of(stalls));

        moveOn(10_000, move);
        assertThat(ledger.usedBytes()).as("one is behind").isGreaterThan(8 << 20);

        history.giveUpIdle();
        history.giveUpIdle();
        moveOn(10_000, move);
        assertThat(ledger.usedBytes()).as("it has stood for long").isLessThan(5 << 20);
        assertThat(log.reads()).isEqualTo(1);

        stalls.close();
        move.forEach(Replay::close);
    }

    /** Readers that come, go, stall and end as they like, in a log with holes, with a small cache and retention. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyReplayGetsExactlyItsEventsWhateverHappensAround(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long density = random.nextLong(2, 10);
        log = new ScriptedLog(
                logThread,
                END,
                offset -> Long.hashCode(offset * 0x9E3779B97F4A7C15L) % density != 0,
                from -> 1 + random.nextLong(2 * BATCH));
        history = new PartitionHistory(
                log, PARTITION, task -> framingOrCaller(random, task), overload, random.nextLong(1, 4 << 20));
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            long from = random.nextBoolean() ? random.nextLong(1500) : random.nextLong(END);
            readers.add(
                    new Reader(from, random.nextBoolean() ? ReadEnd.NEVER : ReadEnd.atOffset(random.nextLong(END))));
        }

        List<Reader> going = new ArrayList<>(readers);
        while (!going.isEmpty()) {
            happen(random, going);
        }

        readers.forEach(reader -> {
            assertThat(reader.failures).isEmpty();
            assertThat(reader.offsets).isEqualTo(log.offsets(reader.from, reader.readTo()));
        });
    }

    /** At times the framing thread has no room. */
    private void framingOrCaller(SplittableRandom random, Runnable task) {
        if (random.nextInt(3) == 0) {
            task.run();
        } else {
            framing.execute(task);
        }
    }

    private void happen(SplittableRandom random, List<Reader> going) {
        ManualLoop next = threads().get(random.nextInt(3));
        if (next.hasTask()) {
            next.runNext();
        }
        if (random.nextInt(200) == 0) {
            history.giveUpIdle();
        }
        int chosen = (int) (going.size() * Math.pow(random.nextDouble(), 2)); // the first are the fastest
        Reader reader = going.get(chosen);
        reader.readSome(random.nextInt(1, 300));
        if (random.nextInt(2000) == 0) {
            reader.leave();
        }
        if (reader.isDone()) {
            reader.replay.close();
            going.remove(reader);
        }
    }

    private List<Reader> readers(LongStream places) {
        return places.mapToObj(place -> new Reader(place, ReadEnd.NEVER)).toList();
    }

    private Replay replay() {
        return new Replay(history, loop, new Reader(0, ReadEnd.NEVER), 0, () -> {});
    }

    /** In turns, each by at least so many events. */
    private void moveOn(int events, List<Replay> replays) {
        long target = replays.get(0).nextOffset() + events;
        while (replays.stream().anyMatch(replay -> replay.nextOffset() < target)) {
            for (Replay replay : replays) {
                Slice slice = replay.nextOffset() < target ? nextSlice(replay) : null;
                if (slice != null) {
                    slice.lease().end();
                }
            }
            settle();
        }
    }

    private static @Nullable Slice nextSlice(Replay replay) {
        return replay.hasNext() || replay.readOn()
                ? replay.next(Integer.MAX_VALUE, Integer.MAX_VALUE, ReadEnd.NEVER, Selection.ALL)
                : null;
    }

    private void runInTurns(List<Reader> readers) {
        List<Reader> going = new ArrayList<>(readers);
        while (!going.isEmpty()) {
            going.forEach(reader -> reader.readSome(BATCH / 3));
            settle();
            going.stream().filter(Reader::isDone).forEach(reader -> reader.replay.close());
            going.removeIf(Reader::isDone);
        }
    }

    private void runUntil(BooleanSupplier done, Runnable step) {
        while (!done.getAsBoolean()) {
            step.run();
            settle();
        }
    }

    /** Until nothing happens by itself any more. */
    private void settle() {
        while (threads().stream().anyMatch(ManualLoop::hasTask)) {
            threads().stream().filter(ManualLoop::hasTask).forEach(ManualLoop::runNext);
        }
    }

    private List<ManualLoop> threads() {
        return List.of(logThread, framing, loop);
    }

    /** A stream that reads history up to its end or that of the log. */
    private final class Reader implements Replay.Listener {
        final long from;
        final List<Long> offsets = new ArrayList<>();
        final List<Throwable> failures = new ArrayList<>();
        final Replay replay;
        private final ReadEnd end;
        private boolean left;

        Reader(long from, ReadEnd end) {
            this.from = from;
            this.end = end;
            this.replay = new Replay(history, loop, this, from, () -> {});
        }

        /** One step, as a stream with credit for so many events would take it. */
        void readSome(int maxEvents) {
            while (!isDone() && !replay.hasNext() && replay.readOn()) {
                // the chunk held nothing for this place
            }
            if (!isDone() && replay.hasNext()) {
                Slice slice = replay.next(maxEvents, Integer.MAX_VALUE, end, Selection.ALL);
                if (slice != null) {
                    collect(slice);
                }
            }
        }

        void leave() {
            left = true;
        }

        boolean isDone() {
            return left || replay.isAtEnd() || end.reachedAt(replay.nextOffset()) || replay.nextOffset() >= END;
        }

        long readTo() {
            return left && !end.reachedAt(replay.nextOffset()) && !replay.isAtEnd()
                    ? replay.nextOffset()
                    : Math.max(from, end.offset());
        }

        private void collect(Slice slice) {
            try {
                EventBatch batch =
                        EventBatch.parseFrom(ByteBuffer.wrap(slice.bytes(), slice.start(), slice.lengthBytes()));
                batch.getEventsList().forEach(event -> offsets.add(event.getOffset()));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            } finally {
                slice.lease().end();
            }
        }

        @Override
        public void historyMoved() {
            // the test reads when it likes
        }

        @Override
        public void historyFailed(Throwable cause) {
            failures.add(cause);
        }

        @Override
        public long historyNeededTo() {
            return Math.min(end.offset(), END);
        }
    }
}
