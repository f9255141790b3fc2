// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaRefusalsTest {
    @Test
    void aClockThatIsWrongIsTheServersFaultAndNotTheEvents() {
        Refusal refusal = ofAppend(new InvalidTimestampException("Timestamp 2 should be within [0, 1]"));

        assertThat(refusal.reason()).isEqualTo(Reason.LOG_UNAVAILABLE);
        assertThat(refusal.message()).contains("the clock of this server", "Timestamp 2 should be within [0, 1]");
    }

    @Test
    void aClockIsKnownByTheMessageWhereSeveralRecordsOfABatchAreRefused() {
        Refusal refusal = ofAppend(new InvalidRecordException(
                "Timestamp 2 of message with offset 0 is out of range. The timestamp should be within [0, 1]"));

        assertThat(refusal.reason()).isEqualTo(Reason.LOG_UNAVAILABLE);
        assertThat(refusal.message()).contains("the clock of this server");
    }

    @Test
    void whoeverIsRefusedWithAnotherIsNotStoredAndMayComeAgain() {
        KafkaException innocent = new KafkaException(
                "Failed to append record because it was part of a batch which had" + " one more more invalid records");

        InvalidRecordException ofTheBatchBefore =
                new InvalidRecordException("One or more records have been rejected due to 1 record errors in total");

        assertThat(ofAppend(innocent).reason()).isEqualTo(Reason.LOG_UNAVAILABLE);
        assertThat(ofAppend(ofTheBatchBefore).reason()).isEqualTo(Reason.LOG_UNAVAILABLE);
    }

    @Test
    void whatIsWrongWithAnEventIsTheEvents() {
        assertThat(ofAppend(new InvalidRecordException("no key")).reason()).isEqualTo(Reason.EVENT_INVALID);
        assertThat(ofAppend(new RecordTooLargeException()).reason()).isEqualTo(Reason.EVENT_TOO_LARGE);
    }

    @Test
    void onlyWhatMayHaveReachedKafkaIsUnknown() {
        assertThat(ofAppend(new TimeoutException("too late")).reason()).isEqualTo(Reason.PUBLISH_OUTCOME_UNKNOWN);
        assertThat(KafkaRefusals.ofAppend(new TimeoutException("no room"), "orders", 100, false)
                        .reason())
                .isEqualTo(Reason.LOG_UNAVAILABLE);
    }

    private static Refusal ofAppend(Exception error) {
        return KafkaRefusals.ofAppend(new ExecutionException(error), "orders", 100, true);
    }
}
