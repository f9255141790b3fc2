// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.grpc.Metadata;
import io.grpc.Status;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.wire.StatusCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How calls have ended, counted by method and code, and those that ended as the catalogue does not say. Thread-safe.
 *
 * <p>A status is documented when it carries a reason of the catalogue with the code of that reason, and the reason is not
 * that of a fault; or when gRPC gave it before the call had come to a method, for what {@link #isOfGrpc} lists.
 */
final class Answers {
    /** A call that may stay open was cancelled by us in time. */
    static final String LEFT_OPEN = "LEFT_OPEN";

    private static final int MOST_EXAMPLES = 50;
    private static final int SHOWN_CHARS = 300;

    private final Map<String, Map<String, Long>> counts = new TreeMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private final List<String> examples = new ArrayList<>();
    private final AtomicLong undocumented = new AtomicLong();

    /** A call has ended by itself. */
    void ended(BadCall call, Status status, Metadata trailers) {
        Optional<Refusal> refusal = StatusCodec.toRefusal(status.asRuntimeException(trailers));
        count(call.rpc().name(), status.getCode().name());
        refusal.ifPresent(given -> countReason(given.reason().name()));
        if (!isDocumented(call, status, refusal)) {
            wrong("input " + call.index() + " of " + call.rpc().name() + ": " + shown(status)
                    + refusal.map(r -> " " + r.reason()).orElse(""));
        }
    }

    /** Something has ended so, or was seen. */
    synchronized void count(String method, String code) {
        counts.computeIfAbsent(method, none -> new TreeMap<>()).merge(code, 1L, Long::sum);
    }

    /** Something is not as documented. */
    void wrong(String what) {
        undocumented.incrementAndGet();
        synchronized (this) {
            if (examples.size() < MOST_EXAMPLES) {
                examples.add(what);
            }
        }
    }

    /** By method and code. */
    synchronized Map<String, Map<String, Long>> counts() {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        counts.forEach((method, codes) -> copy.put(method, new TreeMap<>(codes)));
        return copy;
    }

    /** By reason of the catalogue. */
    synchronized Map<String, Long> reasons() {
        return new TreeMap<>(reasons);
    }

    /** How many were not as documented. */
    long undocumented() {
        return undocumented.get();
    }

    /** The first of those, each with what repeats it. */
    synchronized List<String> examples() {
        return List.copyOf(examples);
    }

    private synchronized void countReason(String reason) {
        reasons.merge(reason, 1L, Long::sum);
    }

    private static boolean isDocumented(BadCall call, Status status, Optional<Refusal> refusal) {
        if (status.isOk()) {
            return true;
        }
        return refusal.map(given -> given.reason() != Reason.INTERNAL_ERROR
                        && given.reason().code().name().equals(status.getCode().name()))
                .orElseGet(() -> isOfGrpc(call, status));
    }

    /**
     * What gRPC itself answers: a request over the limit, a second one where there may be one, headers over the limit
     * (which gRPC maps from HTTP's 431), and what its own services say.
     */
    private static boolean isOfGrpc(BadCall call, Status status) {
        String text = String.valueOf(status.getDescription());
        return switch (status.getCode()) {
            case RESOURCE_EXHAUSTED -> text.contains("exceeds maximum size");
            case CANCELLED, INTERNAL, UNAVAILABLE -> call.ownConnection() || isSecondRequest(call);
            case NOT_FOUND, UNIMPLEMENTED -> call.rpc().name().startsWith("grpc.");
            default -> false;
        };
    }

    private static boolean isSecondRequest(BadCall call) {
        return !call.rpc().takesStream() && call.messages().size() > 1;
    }

    private static String shown(Status status) {
        String text = status.getCode() + " " + status.getDescription()
                + (status.getCause() == null ? "" : " " + status.getCause());
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }
}
