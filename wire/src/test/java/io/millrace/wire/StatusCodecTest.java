// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Help;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusCodecTest {
    @ParameterizedTest
    @EnumSource(Reason.class)
    void aRefusalComesBackFromItsStatusAsItWas(Reason reason) {
        Refusal refusal = new Refusal(reason, "offset 7 of 'orders' is away", Map.of("offset", "7"));

        StatusRuntimeException thrown = StatusCodec.toException(refusal);

        assertThat(thrown.getStatus().getCode().name()).isEqualTo(reason.code().name());
        assertThat(StatusCodec.toRefusal(thrown)).contains(refusal);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void retryInfoIsThereExactlyWhenARetryMayHelp(Reason reason) {
        Status status = StatusCodec.toStatus(Refusal.of(reason, "no"));

        assertThat(status.getDetailsList().stream().anyMatch(detail -> detail.is(RetryInfo.class)))
                .isEqualTo(reason.retryable());
        assertThat(StatusCodec.retryDelay(StatusCodec.toException(Refusal.of(reason, "no")))
                        .isPresent())
                .isEqualTo(reason.retryable());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void helpLeadsToTheEntryOfTheCatalogue(Reason reason) throws Exception {
        Any detail = StatusCodec.toStatus(Refusal.of(reason, "no")).getDetailsList().stream()
                .filter(any -> any.is(Help.class))
                .findFirst()
                .orElseThrow();

        assertThat(detail.unpack(Help.class).getLinks(0).getUrl())
                .isEqualTo("docs/errors.md#" + reason.name().toLowerCase(java.util.Locale.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "ä", "語", "🙂"})
    void whatIsToldOfALongTextFitsIntoTheTrailersThatAnyClientTakes(String letter) {
        String text = letter.repeat(100_000);

        StatusRuntimeException thrown =
                StatusCodec.toException(new Refusal(Reason.TOPIC_CONFIG_INVALID, text, Map.of("setting", text)));

        byte[] details =
                Objects.requireNonNull(StatusProto.fromThrowable(thrown)).toByteArray();
        String message = thrown.getStatus().getDescription();
        assertThat(3 * message.getBytes(StandardCharsets.UTF_8).length + 4 * details.length / 3)
                .isLessThan(6 * 1024);
        assertThat(StatusCodec.toRefusal(thrown)).hasValueSatisfying(refusal -> {
            assertThat(refusal.message()).startsWith(letter.repeat(100)).endsWith(letter + "…");
            assertThat(refusal.metadata().get("setting")).endsWith(letter + "…");
        });
    }

    @Test
    void theErrorOfAnotherSystemIsNoRefusalOfOurs() {
        Status foreign = Status.newBuilder()
                .setCode(5)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason("TOPIC_NOT_FOUND")
                        .setDomain("example.org")
                        .build()))
                .build();

        assertThat(StatusCodec.toRefusal(foreign)).isEmpty();
        assertThat(StatusCodec.toRefusal(new IllegalStateException("no status at all")))
                .isEmpty();
    }
}
