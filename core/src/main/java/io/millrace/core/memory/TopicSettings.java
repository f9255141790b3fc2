// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.OnCorruption;
import io.millrace.core.topic.TopicUpdate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The settings of a topic in memory: those of Kafka's that this log honours, and those whose effect nobody can see here,
 * such as {@link OnCorruption}: what never leaves the heap has no checksum. Any other one is refused, never ignored.
 *
 * @param given what was set, by Kafka's names
 */
record TopicSettings(Map<String, String> given) {
    static final String RETENTION_BYTES = "retention.bytes";
    static final String RETENTION_MS = "retention.ms";
    static final String MAX_MESSAGE_BYTES = "max.message.bytes";

    private static final long UNLIMITED = -1;
    private static final long DEFAULT_MAX_MESSAGE_BYTES = 2L << 20;

    private static final Map<String, Predicate<String>> KNOWN = Map.of(
            RETENTION_BYTES,
            value -> isAtLeast(UNLIMITED, value),
            RETENTION_MS,
            value -> isAtLeast(UNLIMITED, value),
            MAX_MESSAGE_BYTES,
            value -> isAtLeast(0, value),
            "cleanup.policy",
            "delete"::equals,
            "segment.bytes",
            value -> isAtLeast(1, value),
            "segment.ms",
            value -> isAtLeast(1, value),
            "flush.messages",
            value -> isAtLeast(1, value),
            "min.insync.replicas",
            value -> isAtLeast(1, value),
            "compression.type",
            value -> value.matches("producer|uncompressed|zstd|lz4|snappy|gzip"),
            OnCorruption.SETTING,
            value -> value.matches("flag|strict"));

    /** Checks names and values. Errors with TOPIC_CONFIG_INVALID. */
    TopicSettings {
        given = Map.copyOf(given);
        given.forEach(TopicSettings::check);
    }

    TopicSettings changed(TopicUpdate update) {
        OnCorruption.requireUnchanged(given, update);
        Map<String, String> changed = new HashMap<>(given);
        update.reset().forEach(TopicSettings::checkName);
        changed.keySet().removeAll(update.reset());
        changed.putAll(update.set());
        return new TopicSettings(changed);
    }

    long retentionBytes(long otherwise) {
        long set = longOf(RETENTION_BYTES, otherwise);
        return set == UNLIMITED ? Long.MAX_VALUE : set;
    }

    long retentionMillis() {
        long set = longOf(RETENTION_MS, UNLIMITED);
        return set == UNLIMITED ? Long.MAX_VALUE : set;
    }

    long maxMessageBytes() {
        return longOf(MAX_MESSAGE_BYTES, DEFAULT_MAX_MESSAGE_BYTES);
    }

    private long longOf(String name, long otherwise) {
        String value = given.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    private static void check(String name, String value) {
        checkName(name);
        Predicate<String> rule = KNOWN.get(name);
        if (rule != null && !rule.test(value)) {
            throw Refusal.of(Reason.TOPIC_CONFIG_INVALID, "setting " + name + " cannot be '" + value + "'")
                    .asException();
        }
    }

    private static void checkName(String name) {
        if (!KNOWN.containsKey(name)) {
            throw Refusal.of(Reason.TOPIC_CONFIG_INVALID, "the log in memory has no topic setting '" + name + "'")
                    .asException();
        }
    }

    private static boolean isAtLeast(long least, String value) {
        try {
            return Long.parseLong(value) >= least;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
