// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPattern;

/**
 * Resource names of topics: {@code namespaces/default/topics/orders}, or the bare {@code orders} for the same. The
 * namespace {@code default} is the only one for now.
 */
public final class TopicResource {
    private static final String PREFIX = "namespaces/default/topics/";

    private TopicResource() {}

    /** The full resource name. */
    public static String format(TopicName topic) {
        return PREFIX + topic.value();
    }

    /**
     * The topic that a resource name means. Errors with TOPIC_NAME_INVALID when it breaks the rule for names and with
     * NOT_SUPPORTED for another namespace.
     */
    public static TopicName parse(String resource) {
        String name = local(resource);
        return TopicName.parse(name)
                .orElseThrow(() -> Refusal.of(
                                Reason.TOPIC_NAME_INVALID,
                                name.isEmpty()
                                        ? "the name of the topic is missing"
                                        : "'" + abbreviated(name) + "' is no topic name")
                        .asException());
    }

    /**
     * The topic that a resource name means, for who would change it or write to it. Errors as {@link #parse} does, and
     * with TOPIC_RESERVED for a topic of Kafka's or Millrace's own: what publishers have stored is known from one.
     */
    public static TopicName parseWritable(String resource) {
        TopicName name = parse(resource);
        if (name.isInternal()) {
            throw Refusal.of(Reason.TOPIC_RESERVED, "'" + abbreviated(name.value()) + "' is not for writing")
                    .asException();
        }
        return name;
    }

    /** The full resource name of a pattern. */
    public static String format(TopicPattern pattern) {
        return PREFIX + pattern;
    }

    /** True when a resource name is meant as a pattern of {@link #parsePattern} and not as a name. */
    public static boolean isPattern(String resource) {
        return TopicPattern.isMeant(resource);
    }

    /** The pattern that a resource name means, refused as {@link #parse} does. */
    public static TopicPattern parsePattern(String resource) {
        return TopicPattern.parse(local(resource))
                .orElseThrow(() -> Refusal.of(
                                Reason.TOPIC_NAME_INVALID,
                                "'" + abbreviated(resource)
                                        + "' is no pattern: * stands for one whole level between dots, > at the end"
                                        + " for the rest")
                        .asException());
    }

    private static String local(String resource) {
        String name = resource.startsWith(PREFIX) ? resource.substring(PREFIX.length()) : resource;
        if (name.startsWith("namespaces/")) {
            throw Refusal.of(Reason.NOT_SUPPORTED, "'" + abbreviated(resource) + "' is not in the namespace 'default'")
                    .asException();
        }
        return name;
    }

    private static String abbreviated(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
