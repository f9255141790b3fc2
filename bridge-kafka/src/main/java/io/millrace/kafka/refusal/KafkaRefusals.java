// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.refusal;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Errors of Kafka's clients as refusals. What is none stays a fault. */
public final class KafkaRefusals {
    private KafkaRefusals() {}

    /** What the error of a question or of administration means. */
    public static Throwable ofQuestion(Throwable error, String topic) {
        Throwable cause = unwrapped(error);
        if (cause instanceof RefusedException) {
            return cause;
        }
        Refusal refusal = questionRefusal(cause, topic);
        return refusal == null ? cause : refusal.asException();
    }

    private static @Nullable Refusal questionRefusal(Throwable cause, String topic) {
        if (isMissingTopic(cause)) {
            return Refusal.topicNotFound(topic);
        }
        if (cause instanceof TopicExistsException) {
            return Refusal.topicExists(topic);
        }
        if (cause instanceof InvalidTopicException) {
            return Refusal.of(Reason.TOPIC_NAME_INVALID, "topic '" + topic + "': " + cause.getMessage());
        }
        if (isFenced(cause)) {
            return unavailable(cause);
        }
        if (isInvalidTopic(cause)) {
            return Refusal.of(Reason.TOPIC_CONFIG_INVALID, "topic '" + topic + "': " + cause.getMessage());
        }
        return cause instanceof RetriableException || cause instanceof TimeoutException ? unavailable(cause) : null;
    }

    /**
     * Why an event was not stored, as far as one can know.
     *
     * @param leftUs false when the event never left this process, so that it is certainly not stored
     */
    public static Refusal ofAppend(Throwable error, String topic, int eventBytes, boolean leftUs) {
        Throwable cause = unwrapped(error);
        if (cause instanceof RefusedException refused) {
            return refused.refusal();
        }
        if (cause instanceof RecordTooLargeException || cause instanceof RecordBatchTooLargeException) {
            return new Refusal(
                    Reason.EVENT_TOO_LARGE,
                    "event of about " + eventBytes + " bytes is over the limit of topic '" + topic + "'",
                    Map.of("bytes", Integer.toString(eventBytes)));
        }
        if (isMissingTopic(cause)) {
            return Refusal.topicNotFound(topic);
        }
        if (isOfTheClock(cause)) {
            return wrongClock(cause);
        }
        if (isOfRefusedBatch(cause)) {
            return Refusal.of(
                    Reason.LOG_UNAVAILABLE, "Kafka has refused another event of the batch, and this one with it");
        }
        if (cause instanceof InvalidRecordException) {
            return Refusal.of(
                    Reason.EVENT_INVALID, "topic '" + topic + "' takes no such record: " + cause.getMessage());
        }
        if (!leftUs || cause instanceof NotEnoughReplicasException) {
            return unavailable(cause);
        }
        return Refusal.of(Reason.PUBLISH_OUTCOME_UNKNOWN, "no answer from Kafka: " + cause.getMessage());
    }

    /**
     * Records have the time of the process that writes them, so this is the fault of its clock and of no event: the same
     * one is taken by another server, or when the clock is right. Topics take an hour more than Kafka's own time unless
     * {@code message.timestamp.after.max.ms} says otherwise. Such a record is certainly not stored.
     */
    public static Refusal wrongClock(Throwable cause) {
        return Refusal.of(
                Reason.LOG_UNAVAILABLE,
                "the clock of this server is too far from Kafka's, which takes none of its records until it is set: "
                        + cause.getMessage());
    }

    /**
     * True when Kafka does not take the time of a record. Where several of a batch are wrong, Kafka's client (4.4.0,
     * {@code Sender.completeBatch}) has one type for whatever is wrong with them and leaves it to the message.
     */
    public static boolean isOfTheClock(Throwable cause) {
        return cause instanceof InvalidTimestampException
                || cause instanceof InvalidRecordException && isSaid(cause, "is out of range. The timestamp should be");
    }

    /**
     * True for a record that is certainly not stored because another one of its batch or of its transaction was refused,
     * and may itself be sound. Kafka's client (4.4.0, {@code Sender}) has no type for it: it gives the error of the whole
     * batch to the batches behind it, and a text of its own to the others in it.
     */
    public static boolean isOfRefusedBatch(Throwable error) {
        Throwable cause = unwrapped(error);
        return cause instanceof TransactionAbortedException
                || cause instanceof InvalidRecordException && isSaid(cause, "One or more records have been rejected")
                || cause instanceof KafkaException && isSaid(cause, "because it was part of a batch which had");
    }

    private static boolean isSaid(Throwable cause, String words) {
        return String.valueOf(cause.getMessage()).contains(words);
    }

    /** Kafka does not answer. */
    public static Refusal unavailable(Throwable cause) {
        return Refusal.of(Reason.LOG_UNAVAILABLE, "Kafka: " + cause.getMessage());
    }

    /** True when the cause is that there is no such topic. */
    public static boolean isMissingTopic(Throwable cause) {
        return cause instanceof UnknownTopicOrPartitionException || cause instanceof UnknownTopicIdException;
    }

    /**
     * True when too few brokers are there at the moment, a restarting one for instance. Kafka has no error of its own for
     * it, only these words in an INVALID_REPLICATION_FACTOR.
     */
    private static boolean isFenced(Throwable cause) {
        return cause instanceof InvalidReplicationFactorException
                && String.valueOf(cause.getMessage()).contains("currently fenced");
    }

    private static boolean isInvalidTopic(Throwable cause) {
        return cause instanceof InvalidConfigurationException
                || cause instanceof InvalidPartitionsException
                || cause instanceof InvalidReplicationFactorException
                || cause instanceof InvalidRequestException
                || cause instanceof PolicyViolationException;
    }

    private static Throwable unwrapped(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
