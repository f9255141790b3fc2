// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.core.log.AppendResult;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class RequestSessionsTest {
    private final AtomicLong clock = new AtomicLong();
    private final MemoryEventLog log = MemoryEventLog.create();
    private final RequestSessions sessions = new RequestSessions(log, clock::get);

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void theSessionOfANameIsKeptForItsNextRequestAndNotForLongerThanItIsIdle() {
        assertThat(lastSequence("a")).isZero();
        assertThat(append("a", 1)).isNotNull();
        assertThat(lastSequence("a"))
                .as("still the session that began with nothing")
                .isZero();
        assertThat(sessions.count()).isEqualTo(1);

        clock.addAndGet(RequestSessions.IDLE.toNanos());
        assertThat(lastSequence("b")).isZero();
        assertThat(sessions.count()).as("that of b").isEqualTo(1);
        assertThat(lastSequence("a")).as("a new session").isEqualTo(1);
    }

    @Test
    void aSessionThatHasFailedIsNotUsedAgain() {
        append("a", 1);

        assertThat(reasonOf(() -> append("a", 3))).isEqualTo(Reason.SEQUENCE_OUT_OF_ORDER);

        assertThat(sessions.count()).isZero();
        assertThat(lastSequence("a")).isEqualTo(1);
    }

    @Test
    void roomIsMadeByClosingWhoIsIdleAndRefusedWhereNobodyIs() {
        IntStream.range(0, RequestSessions.MAX_SESSIONS + 10).forEach(i -> lastSequence("p" + i));
        assertThat(sessions.count()).isEqualTo(RequestSessions.MAX_SESSIONS);

        List<Disposable> busy = IntStream.range(0, RequestSessions.MAX_SESSIONS)
                .mapToObj(i ->
                        sessions.request("busy" + i, session -> Mono.never()).subscribe())
                .toList();
        assertThat(reasonOf(() -> lastSequence("late"))).isEqualTo(Reason.TOO_MANY_PUBLISHERS);

        busy.get(0).dispose();
        assertThat(lastSequence("late")).isZero();
        busy.forEach(Disposable::dispose);
    }

    private Long lastSequence(String producerId) {
        return sessions.request(producerId, session -> Mono.just(session.lastSequence()))
                .block();
    }

    private AppendResult append(String producerId, long sequence) {
        NumberedRun run = new NumberedRun(
                new TopicName("missing"), sequence, List.of(), Map.of(0, Refusal.of(Reason.EVENT_INVALID, "refused")));
        return sessions.request(producerId, session -> session.append(run, 0)).block();
    }

    private static Reason reasonOf(Runnable request) {
        Throwable error = catchThrowable(request::run);
        assertThat(error).isInstanceOf(RefusedException.class);
        return ((RefusedException) error).refusal().reason();
    }
}
