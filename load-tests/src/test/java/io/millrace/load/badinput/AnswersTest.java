// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.wire.StatusCodec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private final Answers answers = new Answers();

    @Test
    void aReasonOfTheCatalogueIsDocumented() {
        end(Refusal.of(Reason.TOPIC_NOT_FOUND, "no"));

        assertThat(answers.undocumented()).isZero();
        assertThat(answers.reasons()).containsEntry("TOPIC_NOT_FOUND", 1L);
    }

    @Test
    void aFaultOfTheServerIsNot() {
        end(Refusal.of(Reason.INTERNAL_ERROR, "fault 1"));

        assertThat(answers.examples()).singleElement().asString().contains("input 3", "INTERNAL_ERROR");
    }

    @Test
    void whatGrpcAnswersInsteadOfAMethodIsNot() {
        answers.ended(call(), Status.UNKNOWN.withDescription("Application error processing RPC"), new Metadata());
        answers.ended(call(), Status.INTERNAL, new Metadata());

        assertThat(answers.undocumented()).isEqualTo(2);
    }

    @Test
    void aRequestOverTheLimitIsGrpcsOwnAffair() {
        answers.ended(
                call(),
                Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 2097152: 2097153"),
                new Metadata());

        assertThat(answers.undocumented()).isZero();
    }

    private void end(Refusal refusal) {
        StatusRuntimeException ended = StatusCodec.toException(refusal);
        answers.ended(call(), ended.getStatus(), Objects.requireNonNull(ended.getTrailers()));
    }

    private static BadCall call() {
        return new BadCall(
                3, Rpc.all().get(0), new Metadata(), List.of(new byte[0]), false, BadCall.Ending.HALF_CLOSE, 0, false);
    }
}
