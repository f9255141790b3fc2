// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.log.AppendResult;
import io.millrace.core.log.LogBatch;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class AppendRoomTest {
    private static final TopicName TOPIC = new TopicName("orders");
    private static final long ROOM_BYTES = 100;
    private static final long WAITING_BYTES = 300;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

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

    private final List<Append> entered = new ArrayList<>();
    private final Queue<Append> underWay = new ArrayDeque<>();
    private final List<Reason> refused = new ArrayList<>();
    private long nowNanos;
    private final AppendRoom room = new AppendRoom(ROOM_BYTES, WAITING_BYTES, LONGEST_WAIT, () -> nowNanos, append -> {
        entered.add(append);
        underWay.add(append);
    });

    @AfterEach
    void everyByteIsGivenBack() {
        while (!underWay.isEmpty()) {
            answerOldest();
        }
        assertThat(room.bytes()).isZero();
    }

    @Test
    void appendsThatDoNotFitWaitAndEnterInTheOrderOfAsking() {
        List<Append> asked = IntStream.of(60, 60, 40, 10).mapToObj(this::ask).toList();

        assertThat(entered).containsExactly(asked.get(0));
        answerOldest();
        assertThat(entered).containsExactly(asked.get(0), asked.get(1), asked.get(2));
        answerOldest();
        assertThat(entered).containsExactlyElementsOf(asked);
        assertThat(refused).isEmpty();
    }

    @Test
    void aSmallAppendDoesNotOvertakeALargeOneThatWaits() {
        ask(60);
        Append large = ask(60);
        ask(1);

        answerOldest();

        assertThat(entered.get(1)).isEqualTo(large);
    }

    @Test
    void anAppendLargerThanTheRoomEntersAlone() {
        ask(1);
        Append large = ask((int) ROOM_BYTES + 1);
        Append small = ask(1);
        assertThat(entered).doesNotContain(large);

        answerOldest();
        assertThat(entered).contains(large).doesNotContain(small);
        answerOldest();
        assertThat(entered).contains(small);
    }

    @Test
    void whatDoesNotFitWhereOthersWaitIsRefusedAtOnce() {
        ask((int) ROOM_BYTES);
        ask((int) WAITING_BYTES);

        ask(1);

        assertThat(refused).containsExactly(Reason.LOG_UNAVAILABLE);
        assertThat(room.bytes()).isEqualTo(ROOM_BYTES + WAITING_BYTES);
        answerOldest();
        assertThat(entered).hasSize(2);
    }

    @Test
    void whatHasWaitedTooLongIsRefusedWhenItsTurnComes() {
        ask((int) ROOM_BYTES);
        ask(10);
        nowNanos += LONGEST_WAIT.toNanos();
        ask(20);
        nowNanos += 1;

        answerOldest();

        assertThat(refused).containsExactly(Reason.LOG_UNAVAILABLE);
        assertThat(entered).extracting(Append::bytes).containsExactly(ROOM_BYTES, 20L);
    }

    @Test
    void aClosedRoomRefusesWhatWaitsAndWhatComes() {
        ask((int) ROOM_BYTES);
        ask(10);

        room.close();
        ask(10);

        assertThat(refused).containsExactly(Reason.LOG_UNAVAILABLE, Reason.LOG_UNAVAILABLE);
        assertThat(room.bytes()).isEqualTo(ROOM_BYTES);
    }

    /** Answers come on other threads than questions, while further appends are let in. */
    @Test
    void neverMoreThanTheRoomIsUnderWayWhileManyThreadsAskAndAnswer() {
        int threads = 4;
        int each = 5_000;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        AppendRoom busy = new AppendRoom(ROOM_BYTES, Long.MAX_VALUE, LONGEST_WAIT, () -> 0, append -> {
            most.accumulateAndGet(inside.addAndGet((int) append.bytes()), Math::max);
            ForkJoinPool.commonPool().execute(() -> {
                inside.addAndGet((int) -append.bytes());
                answered.incrementAndGet();
                append.refuse(new IllegalStateException("answered"));
            });
        });

        CompletableFuture.allOf(IntStream.range(0, threads)
                        .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                            SplittableRandom random = new SplittableRandom(thread);
                            for (int i = 0; i < each; i++) {
                                busy.enter(append(random.nextInt(1, (int) ROOM_BYTES), busy));
                            }
                        }))
                        .toArray(CompletableFuture[]::new))
                .join();

        await().untilAsserted(() -> {
            assertThat(answered.get()).isEqualTo(threads * each);
            assertThat(busy.bytes()).isZero();
        });
        assertThat(most.get()).isPositive().isLessThanOrEqualTo((int) ROOM_BYTES);
    }

    private Append ask(int bytes) {
        Append append = append(bytes, room);
        room.enter(append);
        return append;
    }

    private Append append(int bytes, AppendRoom into) {
        Append[] made = new Append[1];
        Mono.<AppendResult>create(answer -> made[0] = new Append(
                        TOPIC,
                        List.of(),
                        bytes,
                        answer,
                        into::leave,
                        topic -> {},
                        new AcknowledgedRun(NOBODY, Runnable::run)))
                .subscribe(result -> {}, error -> {
                    if (error instanceof RefusedException refusal) {
                        refused.add(refusal.refusal().reason());
                    }
                });
        return made[0];
    }

    private void answerOldest() {
        underWay.remove().refuse(new IllegalStateException("answered"));
    }
}
