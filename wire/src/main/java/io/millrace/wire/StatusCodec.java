// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Help;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.millrace.core.refusal.Code;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Refusals on the wire: a gRPC status with {@code google.rpc} details, as AIP-193 has it. {@code ErrorInfo} carries the
 * reason, {@code RetryInfo} is there exactly when a retry may help, {@code Help} leads to the catalogue.
 */
public final class StatusCodec {
    /** The domain of every reason. */
    public static final String DOMAIN = "millrace.io";

    private static final Duration RETRY_DELAY = Duration.ofMillis(200);

    /** Where a server is short of something, a quick retry makes it worse. */
    private static final Duration RETRY_DELAY_OF_EXHAUSTION = Duration.ofSeconds(1);

    /**
     * Most bytes of a message or a fact. A client takes 8 KiB of trailers by default, the message stands there twice, once
     * with up to three characters a byte, and what is refused may be of any length.
     */
    private static final int MAX_TEXT_BYTES = 512;

    private static final String CATALOGUE = "docs/errors.md#";
    private static final Map<String, Reason> REASONS =
            Arrays.stream(Reason.values()).collect(Collectors.toUnmodifiableMap(Reason::name, reason -> reason));

    private StatusCodec() {}

    /** The status of a refusal; message and facts are cut after 512 bytes, so that it fits into what a client takes. */
    public static Status toStatus(Refusal refusal) {
        Reason reason = refusal.reason();
        ErrorInfo.Builder info = ErrorInfo.newBuilder().setReason(reason.name()).setDomain(DOMAIN);
        refusal.metadata().forEach((name, fact) -> info.putMetadata(name, cut(fact)));
        Status.Builder status = Status.newBuilder()
                .setCode(io.grpc.Status.Code.valueOf(reason.code().name()).value())
                .setMessage(Refusal.of(reason, cut(refusal.message())).sentence())
                .addDetails(Any.pack(info.build()))
                .addDetails(Any.pack(Help.newBuilder()
                        .addLinks(Help.Link.newBuilder()
                                .setDescription(reason.advice())
                                .setUrl(CATALOGUE + reason.name().toLowerCase(java.util.Locale.ROOT)))
                        .build()));
        if (reason.retryable()) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(EventCodec.toMessage(retryDelay(reason)))
                    .build()));
        }
        return status.build();
    }

    /** The exception that ends a call with a refusal. */
    public static StatusRuntimeException toException(Refusal refusal) {
        return StatusProto.toStatusRuntimeException(toStatus(refusal));
    }

    /** The refusal that a failed call carries, or nothing where it failed without one of our reasons. */
    public static Optional<Refusal> toRefusal(Throwable failure) {
        Status status = StatusProto.fromThrowable(failure);
        return status == null ? Optional.empty() : toRefusal(status);
    }

    /** The refusal that a status carries, or nothing where it has none of our reasons. */
    public static Optional<Refusal> toRefusal(Status status) {
        return detail(status, ErrorInfo.class)
                .filter(info -> info.getDomain().equals(DOMAIN))
                .flatMap(info -> Optional.ofNullable(REASONS.get(info.getReason()))
                        .map(reason -> new Refusal(reason, withoutAdvice(status, reason), info.getMetadataMap())));
    }

    /** How long the server asks to wait before the next try; absent where a retry does not help. */
    public static Optional<Duration> retryDelay(Throwable failure) {
        Status status = StatusProto.fromThrowable(failure);
        return status == null
                ? Optional.empty()
                : detail(status, RetryInfo.class)
                        .map(info -> EventCodec.toDuration(info.getRetryDelay(), "retry_delay"));
    }

    /** The code of the catalogue that is the same as a gRPC code, or INTERNAL for those that no refusal uses. */
    public static Code toCode(io.grpc.Status.Code code) {
        return Arrays.stream(Code.values())
                .filter(ours -> ours.name().equals(code.name()))
                .findFirst()
                .orElse(Code.INTERNAL);
    }

    /** Up to half longer or shorter, so that those who are refused together do not come back together. */
    private static Duration retryDelay(Reason reason) {
        Duration mean = reason.code() == Code.RESOURCE_EXHAUSTED ? RETRY_DELAY_OF_EXHAUSTION : RETRY_DELAY;
        long nanos = mean.toNanos();
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(nanos / 2, nanos + nanos / 2));
    }

    private static String cut(String text) {
        byte[] bytes =
                text.substring(0, Math.min(text.length(), MAX_TEXT_BYTES + 1)).getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_TEXT_BYTES) {
            return text;
        }
        int end = MAX_TEXT_BYTES;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--; // not within a character
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8) + "…";
    }

    private static String withoutAdvice(Status status, Reason reason) {
        String suffix = ". " + reason.advice();
        String message = status.getMessage();
        return message.endsWith(suffix) ? message.substring(0, message.length() - suffix.length()) : message;
    }

    private static <M extends Message> Optional<M> detail(Status status, Class<M> type) {
        return status.getDetailsList().stream()
                .filter(any -> any.is(type))
                .findFirst()
                .map(any -> unpack(any, type));
    }

    private static <M extends Message> @Nullable M unpack(Any any, Class<M> type) {
        try {
            return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            return null; // a foreign server's malformed detail is no detail
        }
    }
}
