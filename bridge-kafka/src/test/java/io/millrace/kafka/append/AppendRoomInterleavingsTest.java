// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.log.AppendResult;
import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/** Lincheck tries the interleavings of those who ask for room and those who give it back. */
class AppendRoomInterleavingsTest {
    private static final int INTERLEAVINGS = 50;
    private static final TopicName TOPIC = new TopicName("orders");
    private static final long ROOM_BYTES = 100;
    private static final long WAITING_BYTES = 300;

    @Test
    void whoWaitsIsLetInWhenRoomIsGivenBackMeanwhile() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Visitors visitors = new Visitors();
            visitors.enter(60);
            Thread answering = new Thread(visitors::answerOldest);
            answering.start();
            visitors.enter(60);
            join(answering);
            visitors.check(2, 0, 60);
            visitors.answerOldest();
            visitors.check(2, 0, 0);
        });
    }

    @Test
    void neverMoreThanTheRoomIsInsideAndNobodyIsForgotten() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Visitors visitors = new Visitors();
            Thread other = new Thread(() -> visitors.enter(60));
            other.start();
            visitors.enter(70);
            visitors.enter(30);
            join(other);
            visitors.answerOldest();
            visitors.answerOldest();
            visitors.answerOldest();
            visitors.check(3, 0, 0);
        });
    }

    @Test
    void eachAppendIsLetInOrRefusedWhenTheRoomIsClosedMeanwhile() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Visitors visitors = new Visitors();
            visitors.enter(60);
            Thread closing = new Thread(visitors.room::close);
            closing.start();
            visitors.enter(60);
            visitors.answerOldest();
            join(closing);
            boolean letIn = visitors.refused.get() == 0;
            visitors.check(letIn ? 2 : 1, letIn ? 0 : 1, letIn ? 60 : 0);
        });
    }

    /** A room, and what its appends see of it. */
    private static final class Visitors {
        private final Queue<Append> inside = new ConcurrentLinkedQueue<>();
        private final AtomicLong insideBytes = new AtomicLong();
        private final AtomicInteger entered = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AppendRoom room =
                new AppendRoom(ROOM_BYTES, WAITING_BYTES, Duration.ofSeconds(30), () -> 0, this::letIn);

        void enter(int bytes) {
            room.enter(new Append(
                    TOPIC,
                    List.of(),
                    bytes,
                    new Answer(refused),
                    this::left,
                    topic -> {},
                    new AcknowledgedRun(NOBODY, Runnable::run)));
        }

        private void letIn(Append append) {
            entered.incrementAndGet();
            inside.add(append);
            require(insideBytes.addAndGet(append.bytes()) <= ROOM_BYTES, "more than the room is inside");
        }

        void answerOldest() {
            inside.remove().refuse(new Answered());
        }

        private void left(Append append) {
            insideBytes.addAndGet(-append.bytes());
            room.leave(append);
        }

        void check(int letIn, int turnedAway, long bytes) {
            require(entered.get() == letIn, entered + " were let in");
            require(refused.get() == turnedAway, refused + " were refused");
            require(room.bytes() == bytes && insideBytes.get() == bytes, "bytes are left: " + room.bytes());
        }
    }

    /** Counts refusals. Lincheck would try the steps of a Mono too, which are not what is tested here. */
    private record Answer(AtomicInteger refused) implements MonoSink<AppendResult> {
        @Override
        public void error(Throwable failure) {
            if (!(failure instanceof Answered)) {
                refused.incrementAndGet();
            }
        }

        @Override
        public void success() {}

        @Override
        public void success(AppendResult result) {}

        @Override
        public Context currentContext() {
            return Context.empty();
        }

        @Override
        public MonoSink<AppendResult> onRequest(LongConsumer consumer) {
            return this;
        }

        @Override
        public MonoSink<AppendResult> onCancel(Disposable cancelled) {
            return this;
        }

        @Override
        public MonoSink<AppendResult> onDispose(Disposable disposed) {
            return this;
        }
    }

    private static final Acknowledged NOBODY = new Acknowledged() {
        @Override
        public boolean isFollowed(TopicPartition partition) {
            return false;
        }

        @Override
        public void acknowledged(String topicUid, TopicPartition partition, LogBatch run) {
            throw new AssertionError("nobody follows " + partition);
        }
    };

    private static final class Answered extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Answered() {
            super(null, null, false, false);
        }
    }

    private static void require(boolean holds, String otherwise) {
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
