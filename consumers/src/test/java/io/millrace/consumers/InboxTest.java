// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.EventBatch;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final TopicPartition ORDERS_0 = new TopicPartition(new TopicName("orders"), 0);

    private final Inbox inbox = new Inbox();

    @Test
    void ofSeveralHeartbeatsThatWaitOnlyTheLastIsKept() {
        for (int i = 0; i < 1_000; i++) {
            inbox.add(heartbeat(i));
            inbox.add(caughtUp());
        }
        assertThat(drained()).containsExactly(heartbeat(999), caughtUp());
    }

    @Test
    void whatCameBeforeABatchStaysBeforeIt() throws IOException {
        EncodedBatch events = EncodedBatch.of(EventBatch.getDefaultInstance());
        Arrival.Batch batch = new Arrival.Batch(events, 0, new Place(ORDERS_0, 1, ByteString.EMPTY));
        inbox.add(heartbeat(1));
        inbox.add(batch);
        inbox.add(heartbeat(2));
        assertThat(drained()).containsExactly(heartbeat(1), batch, heartbeat(2));
    }

    @Test
    void noGapIsForgottenAndTooManyAreRefused() {
        for (int i = 0; i < 1_024; i++) {
            inbox.add(gap(i));
        }
        MillraceException error = catchThrowableOfType(MillraceException.class, () -> inbox.add(gap(1_024)));
        assertThat(error.reason()).contains(Reason.SLOW_CONSUMER);
        assertThat(drained()).hasSize(1_024);
    }

    private List<Arrival> drained() {
        List<Arrival> all = new ArrayList<>();
        for (Arrival next = inbox.poll(); next != null; next = inbox.poll()) {
            all.add(next);
        }
        return all;
    }

    private static Arrival.Notice heartbeat(long lag) {
        return notice(new Signal.Heartbeat(Cursor.empty(), Instant.EPOCH, lag, Signal.StallReason.NO_DATA));
    }

    private static Arrival.Notice caughtUp() {
        return notice(new Signal.CaughtUp(Cursor.empty(), Instant.EPOCH));
    }

    private static Arrival.Missing gap(long from) {
        return new Arrival.Missing(
                new Signal.Gap(Signal.GapReason.RETENTION, ORDERS_0, from, from + 1, OptionalLong.of(1)),
                new Place(ORDERS_0, from + 1, ByteString.EMPTY));
    }

    private static Arrival.Notice notice(Signal signal) {
        return new Arrival.Notice(signal, Cursor.empty());
    }
}
