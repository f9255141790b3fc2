// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.millrace.core.refusal.Code;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.wire.StatusCodec;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong, as a program and a person need it. Every error of the SDK is one of these.
 *
 * <p>It has no stack trace of its own, because it comes from the other end of a wire; its cause has one where there is
 * a cause.
 */
public final class MillraceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Reason reason;
    private final Code code;
    private final boolean retryable;
    private final String hint;
    private final transient Map<String, String> metadata;
    private final @Nullable Duration retryDelay;

    private MillraceException(
            @Nullable Reason reason,
            Code code,
            boolean retryable,
            String message,
            String hint,
            Map<String, String> metadata,
            @Nullable Duration retryDelay,
            @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.reason = reason;
        this.code = code;
        this.retryable = retryable;
        this.hint = hint;
        this.metadata = Map.copyOf(metadata);
        this.retryDelay = retryDelay;
    }

    /** An error of the catalogue, found on this side of the wire. */
    public static MillraceException of(Reason reason, String message) {
        return of(new Refusal(reason, message, Map.of()), null);
    }

    /** An error of the catalogue, found on this side of the wire, and what led to it. */
    public static MillraceException of(Reason reason, String message, Throwable cause) {
        return of(new Refusal(reason, message, Map.of()), cause);
    }

    /** A refusal, found on this side of the wire. */
    public static MillraceException of(Refusal refusal) {
        return of(refusal, null);
    }

    /** The connection was closed by this program. */
    public static MillraceException closed() {
        return new MillraceException(
                null,
                Code.CANCELLED,
                false,
                "the connection is closed",
                "Keep the connection open as long as its producers and consumers are in use.",
                Map.of(),
                null,
                null);
    }

    /** The refusal of one event, as it stands in an acknowledgement. */
    public static MillraceException ofStatus(com.google.rpc.Status status) {
        return StatusCodec.toRefusal(status)
                .map(refusal -> of(refusal, null))
                .orElseGet(() -> new MillraceException(
                        null,
                        StatusCodec.toCode(
                                Status.fromCodeValue(status.getCode()).getCode()),
                        false,
                        status.getMessage(),
                        "",
                        Map.of(),
                        null,
                        null));
    }

    /** The same for any failure of a call to this endpoint; a {@link MillraceException} stays what it is. */
    public static MillraceException from(Throwable failure, Endpoint endpoint) {
        if (failure instanceof MillraceException already) {
            return already;
        }
        if (failure instanceof RefusedException refused) {
            return of(refused.refusal(), null);
        }
        return StatusCodec.toRefusal(failure)
                .map(refusal -> of(refusal, failure))
                .orElseGet(() -> withoutReason(failure, endpoint));
    }

    /** The entry of the error catalogue; absent where a call failed without one. */
    public Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    /** True when this is that entry of the catalogue. */
    public boolean is(Reason other) {
        return reason == other;
    }

    /** The gRPC status code. */
    public Code code() {
        return code;
    }

    /** True when the same request may succeed later without being changed. */
    public boolean retryable() {
        return retryable;
    }

    /** What to do about it, for a person; may be empty. */
    public String hint() {
        return hint;
    }

    /** Facts by name, for example {@code earliest_offset}. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** How long the server asks to wait before the next try. */
    public Optional<Duration> retryDelay() {
        return Optional.ofNullable(retryDelay);
    }

    /** The same error with one more fact. */
    public MillraceException withMetadata(String name, String value) {
        Map<String, String> more = new HashMap<>(metadata);
        more.put(name, value);
        return new MillraceException(reason, code, retryable, message(), hint, more, retryDelay, getCause());
    }

    /** The same error, which trying again does not help any more. */
    public MillraceException asFinal() {
        return new MillraceException(reason, code, false, message(), hint, metadata, null, getCause());
    }

    /** The same error with words before its message, for example which event it was about. */
    public MillraceException withPrefix(String prefix) {
        return new MillraceException(
                reason, code, retryable, prefix + message(), hint, metadata, retryDelay, getCause());
    }

    private String message() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    private static MillraceException of(Refusal refusal, @Nullable Throwable cause) {
        Reason reason = refusal.reason();
        return new MillraceException(
                reason,
                reason.code(),
                reason.retryable(),
                refusal.message(),
                reason.advice(),
                refusal.metadata(),
                cause == null ? null : StatusCodec.retryDelay(cause).orElse(null),
                cause);
    }

    /** Some failures of gRPC itself are entries of our catalogue; the others keep their code. */
    private static MillraceException withoutReason(Throwable failure, Endpoint endpoint) {
        Status status = statusOf(failure);
        if (neverConnected(failure)) {
            return of(
                    new Refusal(
                            Reason.SERVER_UNREACHABLE,
                            "nothing answers at " + endpoint + because(status),
                            Map.of("endpoint", endpoint.toString())),
                    failure);
        }
        // A server that is shut down hard cancels its calls, and so does a proxy that goes away.
        if (status.getCode() == Status.Code.UNAVAILABLE
                || status.getCode() == Status.Code.CANCELLED
                || isClosedChannel(status)
                || isBrokenHttp2(status)
                || isSentAway(status)) {
            return of(
                    new Refusal(
                            Reason.CONNECTION_LOST,
                            "the connection to " + endpoint + " broke" + because(status),
                            Map.of("endpoint", endpoint.toString())),
                    failure);
        }
        return new MillraceException(
                null,
                StatusCodec.toCode(status.getCode()),
                StatusCodec.retryDelay(failure).isPresent(),
                endpoint + " answered " + status.getCode() + because(status),
                hintOf(status.getCode()),
                Map.of("endpoint", endpoint.toString()),
                StatusCodec.retryDelay(failure).orElse(null),
                failure);
    }

    private static Status statusOf(Throwable failure) {
        if (failure instanceof StatusRuntimeException e) {
            return e.getStatus();
        }
        return failure instanceof StatusException e ? e.getStatus() : Status.fromThrowable(failure);
    }

    private static boolean neverConnected(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof ConnectException
                    || t instanceof UnknownHostException
                    || t instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    /** Bytes came damaged, here (an exception of Netty's) or there (an HTTP/2 error code): not the server's own answer. */
    private static boolean isBrokenHttp2(Status status) {
        String description = status.getDescription();
        return status.getCode() == Status.Code.INTERNAL
                && (status.getCause() instanceof Http2Exception
                        || (description != null && description.contains("HTTP/2 error code: ")));
    }

    /** What gRPC says when the connection had gone as it wrote to it, before it has heard why. */
    private static boolean isClosedChannel(Status status) {
        return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof ClosedChannelException;
    }

    /** The server has closed the connection because of what HTTP/2 has to bear with it: too many resets, say. */
    private static boolean isSentAway(Status status) {
        String description = status.getDescription();
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
                && description != null
                && description.contains("HTTP/2 error code: ENHANCE_YOUR_CALM");
    }

    private static String because(Status status) {
        Throwable root = status.getCause();
        String why = root != null && root.getMessage() != null ? root.getMessage() : status.getDescription();
        return why == null ? "" : " (" + why + ")";
    }

    private static String hintOf(Status.Code code) {
        return switch (code) {
            case UNIMPLEMENTED ->
                "The server does not know this call. Check that a Millrace server of this or a later"
                        + " version listens there.";
            case DEADLINE_EXCEEDED -> "The answer took too long. Allow more time, or look at the load of the server.";
            case UNAUTHENTICATED, PERMISSION_DENIED -> "Use a credential that has the right.";
            default -> "";
        };
    }
}
