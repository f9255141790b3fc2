// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.millrace.core.refusal.Code;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.wire.StatusCodec;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MillraceExceptionTest {
    private static final Endpoint HERE = new Endpoint("here", 7450);

    @ParameterizedTest
    @EnumSource
    void everyRefusalComesThroughTheWireAsItWas(Reason reason) {
        Refusal refusal = new Refusal(reason, "the thing", java.util.Map.of("a", "b"));
        MillraceException error = MillraceException.from(StatusCodec.toException(refusal), HERE);

        assertThat(error.reason()).contains(reason);
        assertThat(error.code()).isEqualTo(reason.code());
        assertThat(error.retryable()).isEqualTo(reason.retryable());
        assertThat(error.retryDelay().isPresent()).isEqualTo(reason.retryable());
        assertThat(error).hasMessage("the thing");
        assertThat(error.hint()).isEqualTo(reason.advice());
        assertThat(error.metadata()).containsEntry("a", "b");
    }

    @Test
    void aConnectionThatNeverCameAboutIsAnUnreachableServer() {
        assertUnreachable(new ConnectException("Connection refused"));
        assertUnreachable(new RuntimeException("Unable to resolve host", new UnknownHostException("here")));
    }

    @Test
    void aConnectionThatBreaksIsRetryable() {
        MillraceException broken = from(Status.UNAVAILABLE.withDescription("Network closed for unknown reason"));
        assertThat(broken.reason()).contains(Reason.CONNECTION_LOST);
        assertThat(broken.retryable()).isTrue();
        assertThat(broken).hasMessageContaining("here:7450").hasMessageContaining("Network closed");
        assertThat(from(Status.CANCELLED.withDescription("RST_STREAM")).reason())
                .contains(Reason.CONNECTION_LOST);
    }

    @Test
    void aConnectionWhoseBytesAreDamagedIsLostAndNotAnAnswerOfTheServer() {
        Status here =
                Status.INTERNAL.withCause(Http2Exception.connectionError(Http2Error.FRAME_SIZE_ERROR, "too long"));
        assertThat(from(here).reason()).contains(Reason.CONNECTION_LOST);
        Status there = Status.INTERNAL.withDescription("HTTP/2 error code: FRAME_SIZE_ERROR\nReceived Goaway");
        assertThat(from(there).reason()).contains(Reason.CONNECTION_LOST);
        assertThat(from(Status.INTERNAL.withDescription("a fault")).reason()).isEmpty();
    }

    @Test
    void aConnectionThatTheServerIsTiredOfIsLostAndOnlyThat() {
        Status sentAway = Status.RESOURCE_EXHAUSTED.withDescription("Connection closed after GOAWAY. HTTP/2 error code:"
                + " ENHANCE_YOUR_CALM (Bandwidth exhausted), debug data: too_many_rststreams");
        assertThat(from(sentAway).reason()).contains(Reason.CONNECTION_LOST);
        assertThat(from(Status.RESOURCE_EXHAUSTED.withDescription("too much")).reason())
                .isEmpty();
    }

    @Test
    void aConnectionThatHadGoneWhenItWasWrittenToIsLost() {
        Status closed = Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
        assertThat(from(closed).reason()).contains(Reason.CONNECTION_LOST);
        assertThat(from(Status.UNKNOWN.withDescription("a fault")).reason()).isEmpty();
    }

    @Test
    void aFailureWithoutAReasonKeepsItsCode() {
        MillraceException error = from(Status.DEADLINE_EXCEEDED);
        assertThat(error.reason()).isEmpty();
        assertThat(error.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(error.retryable()).isFalse();
        assertThat(error.hint()).isNotEmpty();
        assertThat(from(Status.UNIMPLEMENTED).hint()).contains("Millrace server");
        assertThat(MillraceException.from(error, HERE)).isSameAs(error);
    }

    @Test
    void factsAndWordsCanBeAdded() {
        MillraceException error = MillraceException.of(Reason.EVENT_INVALID, "no id")
                .withMetadata("event_index", "3")
                .withPrefix("event 3: ");
        assertThat(error).hasMessage("event 3: no id");
        assertThat(error.metadata()).containsEntry("event_index", "3");
        assertThat(error.reason()).contains(Reason.EVENT_INVALID);
        assertThat(MillraceException.of(Reason.CHAIN_BROKEN, "again").asFinal().retryable())
                .isFalse();
    }

    private static void assertUnreachable(Exception cause) {
        MillraceException error =
                from(Status.UNAVAILABLE.withDescription("io exception").withCause(cause));
        assertThat(error.reason()).contains(Reason.SERVER_UNREACHABLE);
        assertThat(error.retryable()).isTrue();
        assertThat(error).hasMessageContaining("here:7450").hasMessageContaining(cause.getMessage());
        assertThat(error.metadata()).containsEntry("endpoint", "here:7450");
    }

    private static MillraceException from(Status status) {
        return MillraceException.from(status.asRuntimeException(), HERE);
    }
}
