// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.refusal;

import java.util.Map;

/**
 * An expected "no": why, the thing refused in a sentence, and the facts a program may need.
 *
 * @param reason the entry of the catalogue
 * @param message the thing refused and its figures, without the advice
 * @param metadata facts by name, for example {@code earliest_offset}
 */
public record Refusal(Reason reason, String message, Map<String, String> metadata) {
    /** Copies the metadata. */
    public Refusal {
        metadata = Map.copyOf(metadata);
    }

    /** A refusal whose message says everything. */
    public static Refusal of(Reason reason, String message) {
        return new Refusal(reason, message, Map.of());
    }

    /** There is no such topic. */
    public static Refusal topicNotFound(String topic) {
        return new Refusal(Reason.TOPIC_NOT_FOUND, "topic '" + topic + "' does not exist", Map.of("topic", topic));
    }

    /** There is a topic of this name. */
    public static Refusal topicExists(String topic) {
        return new Refusal(Reason.TOPIC_EXISTS, "topic '" + topic + "' exists already", Map.of("topic", topic));
    }

    /** The topic has no such partition. */
    public static Refusal partitionNotFound(String topic, int partition) {
        return new Refusal(
                Reason.PARTITION_NOT_FOUND,
                "topic '" + topic + "' has no partition " + partition,
                Map.of("topic", topic, "partition", Integer.toString(partition)));
    }

    /** Retention has removed the offset. */
    public static Refusal offsetExpired(String topicPartition, long asked, long earliest) {
        return new Refusal(
                Reason.OFFSET_EXPIRED,
                "offset " + asked + " of " + topicPartition + " was removed by retention; the earliest is " + earliest,
                Map.of("offset", Long.toString(asked), "earliest_offset", Long.toString(earliest)));
    }

    /** The offset is not in the log. */
    public static Refusal offsetOutOfRange(String topicPartition, long asked, long earliest, long end) {
        return new Refusal(
                Reason.OFFSET_OUT_OF_RANGE,
                "offset " + asked + " of " + topicPartition + " is not within " + earliest + ".." + end,
                Map.of(
                        "offset", Long.toString(asked),
                        "earliest_offset", Long.toString(earliest),
                        "end_offset", Long.toString(end)));
    }

    /** The event is larger than the limit. */
    public static Refusal eventTooLarge(long bytes, long limit) {
        return new Refusal(
                Reason.EVENT_TOO_LARGE,
                "event of " + bytes + " bytes is over the limit of " + limit,
                Map.of("bytes", Long.toString(bytes), "limit_bytes", Long.toString(limit)));
    }

    /** The events do not go on where they should. */
    public static Refusal sequenceOutOfOrder(long first, long expected) {
        return new Refusal(
                Reason.SEQUENCE_OUT_OF_ORDER,
                "the batch begins with sequence " + first + ", expected " + expected,
                Map.of("sequence", Long.toString(first), "expected_sequence", Long.toString(expected)));
    }

    /** The filter cannot be meant; line and column count from 1. */
    public static Refusal filterInvalid(String message, int line, int column) {
        return new Refusal(
                Reason.FILTER_INVALID,
                "filter, line " + line + ", column " + column + ": " + message,
                Map.of("line", Integer.toString(line), "column", Integer.toString(column)));
    }

    /** The whole text for a person: what was refused, and what to do about it. */
    public String sentence() {
        return message + ". " + reason.advice();
    }

    /** As an exception. */
    public RefusedException asException() {
        return new RefusedException(this);
    }
}
