// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.refusal;

import static io.millrace.core.refusal.Code.ABORTED;
import static io.millrace.core.refusal.Code.ALREADY_EXISTS;
import static io.millrace.core.refusal.Code.DEADLINE_EXCEEDED;
import static io.millrace.core.refusal.Code.FAILED_PRECONDITION;
import static io.millrace.core.refusal.Code.INTERNAL;
import static io.millrace.core.refusal.Code.INVALID_ARGUMENT;
import static io.millrace.core.refusal.Code.NOT_FOUND;
import static io.millrace.core.refusal.Code.OUT_OF_RANGE;
import static io.millrace.core.refusal.Code.RESOURCE_EXHAUSTED;
import static io.millrace.core.refusal.Code.UNAVAILABLE;
import static io.millrace.core.refusal.Code.UNIMPLEMENTED;

/**
 * The catalogue of everything Millrace refuses, and the only one: {@code docs/errors.md} is generated from it, and on
 * the wire a reason is the {@code reason} of {@code google.rpc.ErrorInfo}.
 *
 * <p>A reason is retryable when the same request may succeed later without being changed; exactly then the status
 * carries {@code google.rpc.RetryInfo}.
 */
public enum Reason {
    TOPIC_NOT_FOUND(NOT_FOUND, false, "There is no such topic. Create it, or look for the name in the list of topics."),
    TOPIC_EXISTS(ALREADY_EXISTS, false, "A topic of this name exists. Use it, or choose another name."),
    TOPIC_NAME_INVALID(
            INVALID_ARGUMENT, false, "Use 1 to 249 characters of [a-zA-Z0-9._-], but not '.' or '..' alone."),
    TOPIC_RESERVED(
            INVALID_ARGUMENT,
            false,
            "Topics whose names begin with two underscores belong to Kafka and to Millrace; they can only be read."),
    TOPIC_CONFIG_INVALID(
            INVALID_ARGUMENT, false, "Correct the setting; names, values and counts follow Kafka's topic settings."),
    PARTITION_NOT_FOUND(NOT_FOUND, false, "Name a partition that the topic has; describe the topic to see how many."),
    TOO_MANY_PARTITIONS(
            FAILED_PRECONDITION,
            false,
            "Name fewer topics or a narrower pattern, and share the topics out over several streams."),
    REQUEST_INVALID(INVALID_ARGUMENT, false, "Correct the field that the message names."),
    FILTER_INVALID(
            INVALID_ARGUMENT,
            false,
            "Correct the filter at the line and column that the message names; see filters.md."),
    EVENT_INVALID(INVALID_ARGUMENT, false, "Correct the attribute that the message names."),
    EVENT_TOO_LARGE(
            INVALID_ARGUMENT, false, "Make the event smaller, or store the payload elsewhere and publish its address."),
    FRAME_OUT_OF_ORDER(INVALID_ARGUMENT, false, "Send one open frame first, then the other kinds of frames."),
    FRAME_TOO_LARGE(RESOURCE_EXHAUSTED, false, "Send smaller frames; the opened frame tells the limit."),
    SEQUENCE_OUT_OF_ORDER(
            INVALID_ARGUMENT,
            false,
            "Number events without holes, also across batches: from 1, or from where the opened frame says."),
    ALREADY_STORED(
            ALREADY_EXISTS,
            false,
            "An earlier attempt has stored the event, and was answered; its place is not remembered any more."),
    BATCH_REFUSED(
            ABORTED,
            false,
            "Another event of the atomic batch was refused, so none is stored. Mend or leave out that one."),
    CREDIT_EXCEEDED(FAILED_PRECONDITION, false, "Send only what the opened and credit frames leave room for."),
    OPEN_TIMEOUT(DEADLINE_EXCEEDED, false, "Send the open frame within ten seconds of the call."),
    CURSOR_INVALID(
            INVALID_ARGUMENT, false, "Use a cursor as it was received; begin at earliest, latest or a time instead."),
    CURSOR_FOREIGN(INVALID_ARGUMENT, false, "The cursor belongs to another topic. Use one of the topic that is read."),
    CURSOR_EXPIRED(
            OUT_OF_RANGE,
            false,
            "Retention has removed the place. Begin at earliest, or let expired_start_policy choose a place."),
    TOPIC_RECREATED(
            FAILED_PRECONDITION,
            false,
            "The topic was deleted and made again since. Begin at earliest or latest of the new one."),
    OFFSET_EXPIRED(OUT_OF_RANGE, false, "Retention has removed the offset. Ask again from the earliest one."),
    OFFSET_OUT_OF_RANGE(OUT_OF_RANGE, false, "The offset is not in the log. Ask for one between earliest and end."),
    SLOW_CONSUMER(
            RESOURCE_EXHAUSTED,
            false,
            "The reader could not keep up and asked to be disconnected. Resume at its cursor, or use CATCH_UP."),
    PUBLISH_OUTCOME_UNKNOWN(
            DEADLINE_EXCEEDED,
            false,
            "The event may or may not be stored. Publish it again where a repeat does no harm."),
    PUBLISH_WINDOW_FULL(
            RESOURCE_EXHAUSTED,
            true,
            "Too many events wait for their acknowledgement. Wait for some, or use publishAll, which slows its source."),
    LOG_UNAVAILABLE(UNAVAILABLE, true, "Kafka does not answer. The same request may succeed in a moment."),
    SERVER_DRAINING(UNAVAILABLE, true, "The server is stopping. Connect again, to another server where there is one."),
    SERVER_UNREACHABLE(UNAVAILABLE, true, "Nothing answers at the endpoint. Check the address and whether it serves."),
    CONNECTION_LOST(UNAVAILABLE, true, "The connection broke. Connect again and resume."),
    STREAM_SILENT(UNAVAILABLE, true, "No heartbeat came for 2.5 intervals. Connect again and resume."),
    MEMORY_EXHAUSTED(RESOURCE_EXHAUSTED, true, "The server is short of memory. Try again in a moment."),
    TOO_MANY_PUBLISHERS(
            RESOURCE_EXHAUSTED,
            true,
            "This server has no room for another publisher with an identity. Try again, or another server."),
    PRODUCER_FENCED(ABORTED, false, "Another stream has taken over this producer id. Publish through that one."),
    PRODUCER_FORGOTTEN(
            FAILED_PRECONDITION,
            false,
            "The server no longer knows events that it has answered. Find out whether the topic has them before you go on."),
    CHAIN_BROKEN(
            INTERNAL,
            true,
            "A batch does not continue where the one before ended. Resume at the last cursor; report the server."),
    NOT_SUPPORTED(UNIMPLEMENTED, false, "This server does not do that yet. Leave the field out."),
    INTERNAL_ERROR(INTERNAL, false, "A fault of the server. Its log tells more under the id in the message.");

    private final Code code;
    private final boolean retryable;
    private final String advice;

    Reason(Code code, boolean retryable, String advice) {
        this.code = code;
        this.retryable = retryable;
        this.advice = advice;
    }

    /** The gRPC status code. */
    public Code code() {
        return code;
    }

    /** True when the same request may succeed later. */
    public boolean retryable() {
        return retryable;
    }

    /** True when the failure is a refusal for this reason. */
    public boolean isOf(Throwable failure) {
        return failure instanceof RefusedException refused && refused.refusal().reason() == this;
    }

    /** What to do about it, for a person. */
    public String advice() {
        return advice;
    }
}
