// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;

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
        String name = resource.startsWith(PREFIX) ? resource.substring(PREFIX.length()) : resource;
        if (name.startsWith("namespaces/")) {
            throw Refusal.of(Reason.NOT_SUPPORTED, "'" + abbreviated(resource) + "' is not in the namespace 'default'")
                    .asException();
        }
        return TopicName.parse(name)
                .orElseThrow(() -> Refusal.of(
                                Reason.TOPIC_NAME_INVALID,
                                name.isEmpty()
                                        ? "the name of the topic is missing"
                                        : "'" + abbreviated(name) + "' is no topic name")
                        .asException());
    }

    private static String abbreviated(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
