// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.history.Histories;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.ring.ReadEnd;
import io.millrace.broker.ring.Ring;
import io.millrace.broker.tail.PartitionTail;
import io.millrace.broker.tail.Tails;
import io.millrace.core.event.Event;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a cursor tells its stream that there is something to read. */
class PartitionCursorTest {
    private static final TopicPartition PARTITION = new TopicPartition(new TopicName("orders"), 0);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final MemoryEventLog log = MemoryEventLog.create();
    private final DefaultEventExecutor loop = new DefaultEventExecutor();
    private final MemoryLedger ledger = MemoryLedger.ofHeapShare();
    private final Tails tails = new Tails(log, ledger, BrokerLimits.defaults(), loop);

    @AfterEach
    void everythingStops() {
        tails.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        log.close();
    }

    @Test
    void aStreamThatTakesNothingIsToldOnce() throws Exception {
        TellingStream stream = new TellingStream();
        PartitionCursor cursor = cursor(stream);
        append();
        awaitTold(stream, 1);

        for (int i = 0; i < 10; i++) {
            append();
            loop.submit(() -> {}).sync();
        }
        assertThat(stream.told).hasValue(1);

        loop.submit(() -> assertThat(cursor.next(3, 1 << 20)).isNotNull()).sync();
        append();
        awaitTold(stream, 2);
    }

    @Test
    void whatComesWhileTheStreamLooksItIsToldOfAgain() throws Exception {
        TellingStream stream = new TellingStream();
        PartitionCursor[] cursor = new PartitionCursor[1];
        stream.onFirst = () -> {
            while (cursor[0].next(100, 1 << 20) != null) {
                assertThat(cursor[0].isFinished()).isFalse();
            }
            append(); // the ring has it before the stream is done looking
            awaitHead(2);
        };
        cursor[0] = cursor(stream);

        append();

        awaitTold(stream, 2);
    }

    private PartitionCursor cursor(PartitionCursor.Stream stream) throws Exception {
        TopicInfo topic = log.topics()
                .create(new TopicSpec(PARTITION.topic(), 1, 0, Map.of()), false)
                .block(PATIENCE);
        assertThat(topic).isNotNull();
        PartitionStart start = new PartitionStart(PARTITION, 0, 0, ReadEnd.NEVER, new PartitionBounds(0, 0), false);
        PartitionCursor cursor = new PartitionCursor(
                log,
                new Histories(log, new Overload(ledger)),
                loop,
                stream,
                tails.acquire(PARTITION),
                topic,
                start,
                ReadRules.NONE);
        awaitHead(0);
        loop.submit(cursor::start).sync();
        return cursor;
    }

    private void append() {
        log.append(PARTITION.topic(), List.of(Event.builder().data("x").build()))
                .block(PATIENCE);
    }

    private void awaitHead(long offset) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            Ring ring = ring();
            return ring != null && ring.head() == offset;
        });
    }

    private Ring ring() {
        PartitionTail tail = tails.acquire(PARTITION);
        try {
            return tail.ring();
        } finally {
            tails.release(tail);
        }
    }

    private void awaitTold(TellingStream stream, int times) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(stream.told).hasValue(times));
    }

    /** Counts how often it is told that the cursor has moved. */
    private static final class TellingStream implements PartitionCursor.Stream {
        private final AtomicInteger told = new AtomicInteger();
        private volatile Runnable onFirst = () -> {};

        @Override
        public void cursorMoved(PartitionCursor cursor) {
            if (told.incrementAndGet() == 1) {
                onFirst.run();
            }
        }

        @Override
        public void cursorFellBehind(PartitionCursor cursor, long lagEvents) {
            throw new AssertionError("fell behind");
        }

        @Override
        public void cursorSkipped(PartitionCursor cursor, long from, long to) {
            throw new AssertionError("skipped");
        }

        @Override
        public void cursorSkippedAhead(PartitionCursor cursor, long from, long to, OptionalLong events) {
            throw new AssertionError("skipped ahead");
        }

        @Override
        public void cursorWithheld(PartitionCursor cursor, long from, long to, int events) {}

        @Override
        public void cursorFailed(PartitionCursor cursor, Throwable cause) {
            throw new AssertionError(cause);
        }
    }
}
