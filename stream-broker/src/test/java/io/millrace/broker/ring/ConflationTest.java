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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The newest event of each key, run by run, beside a model that remembers everything. */
class ConflationTest {
    private static final int MIB = 1024 * 1024;
    private static final int ANY = Integer.MAX_VALUE;

    private final MemoryLedger ledger = new MemoryLedger(64L * MIB);
    private final Ring ring = new Ring(0, ledger, 2 * MIB, 2 * MIB);
    private final TreeMap<Long, StoredEvent> published = new TreeMap<>();

    @AfterEach
    void theLedgerIsBackAtZero() {
        ring.close();
        assertThat(ledger.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyRunIsTheNewestOfEachKeyOfWhatWasThereWhenItBegan(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ring.followKeys();
        RingReader reader = Objects.requireNonNull(RingReader.at(ring, 0));
        int keys = random.nextInt(1, 2_000);
        long runBegin = 0;
        for (int round = 0; round < 100; round++) {
            append(random, keys, random.nextInt(1, 100));
            if (!reader.canBeginRun() || random.nextBoolean()) {
                continue;
            }
            reader.beginRun(ReadEnd.NEVER);
            long runEnd = ring.head();
            List<Long> received = new ArrayList<>();
            while (reader.hasNextInRun()) {
                received.addAll(offsets(next(reader, random.nextInt(1, 100))));
                append(random, keys, random.nextInt(20)); // comes in the next run
            }
            assertThat(received).isEqualTo(newest(runBegin, runEnd));
            runBegin = runEnd;
        }
    }

    @Test
    void eventsThatWereThereBeforeKeysWereFollowedAreConflatedPageByPage() {
        SplittableRandom random = new SplittableRandom(7);
        append(random, 50, 4_000);
        ring.followKeys();
        append(random, 50, 1_000);
        RingReader reader = Objects.requireNonNull(RingReader.at(ring, 0));
        reader.beginRun(ReadEnd.NEVER);
        List<Long> received = new ArrayList<>();
        while (reader.hasNextInRun()) {
            received.addAll(offsets(next(reader, ANY)));
        }

        assertThat(received).isSorted().hasSizeLessThan(published.size() / 2);
        assertThat(received).containsAll(newest(0, ring.head()));
    }

    @Test
    void theEndOfTheReadIsTheEndOfTheRun() {
        ring.followKeys();
        append(new SplittableRandom(8), 10, 500);
        long end = 300;
        RingReader reader = Objects.requireNonNull(RingReader.at(ring, 0));
        reader.beginRun(ReadEnd.atOffset(end));
        List<Long> received = new ArrayList<>();
        while (reader.hasNextInRun()) {
            received.addAll(
                    offsets(Objects.requireNonNull(reader.next(ANY, ANY, ReadEnd.atOffset(end), Selection.NEWEST))));
        }
        assertThat(received).isEqualTo(newest(0, end));

        RingReader untilTime = Objects.requireNonNull(RingReader.at(ring, 0));
        untilTime.beginRun(ReadEnd.atTime(1_000 + end));
        assertThat(offsets(Objects.requireNonNull(
                        untilTime.next(ANY, ANY, ReadEnd.atTime(1_000 + end), Selection.NEWEST))))
                .isEqualTo(newest(0, end));
    }

    @Test
    void followingKeysCostsWhatTheKeysNeedThatAreThere() {
        ring.followKeys();
        long few = ring.heldBytes();
        append(new SplittableRandom(10), 5_000, 5_000);
        long many = ring.heldBytes();

        assertThat(few).isLessThan(4 * 1024);
        assertThat(many).isGreaterThan(5_000L * Long.BYTES / 2);
    }

    @Test
    void aRingThatGivesItsPagesUpForgetsTheirKeys() {
        ring.followKeys();
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 60; i++) {
            append(random, 100_000, 1_000);
        }
        assertThat(ring.heldBytes()).isLessThanOrEqualTo(2 * MIB + 2 * Page.PAGE_BYTES);
        long base = ring.base();
        assertThat(base).isPositive();
        RingReader reader = Objects.requireNonNull(RingReader.at(ring, base));
        reader.beginRun(ReadEnd.NEVER);
        List<Long> received = new ArrayList<>();
        while (reader.hasNextInRun()) {
            received.addAll(offsets(next(reader, ANY)));
        }
        assertThat(received).isEqualTo(newest(base, ring.head()));
    }

    @Test
    void aReaderOnAnotherThreadSeesTheNewestOfEveryKey() {
        ring.followKeys();
        int end = 4_000;
        RingReader reader = Objects.requireNonNull(RingReader.at(ring, 0));
        CompletableFuture<Map<String, Long>> reading = CompletableFuture.supplyAsync(() -> {
            Map<String, Long> last = new HashMap<>();
            while (reader.nextOffset() < end) {
                if (reader.canBeginRun()) {
                    reader.beginRun(ReadEnd.NEVER);
                    Map<String, Long> run = new HashMap<>();
                    while (reader.hasNextInRun()) {
                        for (ReceivedEvent event : events(next(reader, 10))) {
                            String key = event.getEvent().getKey().toStringUtf8();
                            assertThat(run.put(key, event.getOffset()))
                                    .as("second event of %s", key)
                                    .isNull();
                        }
                    }
                    last.putAll(run);
                }
            }
            return last;
        });
        Map<String, Long> expected = new HashMap<>();
        for (int offset = 0; offset < end; offset++) {
            String key = "k" + offset * 31 % 97;
            expected.put(key, (long) offset);
            ring.append(new LogBatch(offset, offset + 1, List.of(event(offset, key))));
        }
        assertThat(reading.join()).isEqualTo(expected);
    }

    private void append(SplittableRandom random, int keys, int count) {
        List<StoredEvent> events = new ArrayList<>();
        long offset = ring.head();
        for (int i = 0; i < count; i++) {
            int key = random.nextInt(-1, keys);
            StoredEvent event = event(offset, key < 0 ? null : key == 0 ? "" : "key " + key);
            events.add(event);
            published.put(offset, event);
            offset += random.nextInt(10) == 0 ? 2 : 1;
        }
        ring.append(new LogBatch(ring.head(), offset, events));
    }

    /** Offsets of the newest events of their keys in a range, and of all without a key. */
    private List<Long> newest(long from, long to) {
        Map<Object, Long> newest = new HashMap<>();
        published.subMap(from, to).values().forEach(event -> {
            Object key = event.event().key() == null ? event : event.event().key();
            newest.put(key, event.offset());
        });
        return newest.values().stream().sorted().toList();
    }

    private static Slice next(RingReader reader, int maxEvents) {
        return Objects.requireNonNull(reader.next(maxEvents, ANY, ReadEnd.NEVER, Selection.NEWEST));
    }

    private static StoredEvent event(long offset, @Nullable String key) {
        Event.Builder event = Event.builder();
        if (key != null) {
            event.key(key);
        }
        return new StoredEvent(
                offset,
                1_000 + offset,
                event.id("e" + offset).source("/test").data("value").build());
    }

    private static List<Long> offsets(Slice slice) {
        return events(slice).stream().map(ReceivedEvent::getOffset).toList();
    }

    private static List<ReceivedEvent> events(Slice slice) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            slice.writeTo(out);
            return EventBatch.parseFrom(out.toByteArray()).getEventsList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
