// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Makes, describes, changes and removes topics. Threads and errors as in {@link EventLog}. What has completed is
 * visible to every later call on the same log.
 */
public interface TopicAdmin {
    /**
     * Makes a topic, or only checks whether it could be made. Errors with TOPIC_EXISTS, TOPIC_CONFIG_INVALID or
     * TOPIC_NAME_INVALID.
     */
    Mono<TopicInfo> create(TopicSpec spec, boolean validateOnly);

    /** One topic. Errors with TOPIC_NOT_FOUND. */
    Mono<TopicInfo> describe(TopicName name);

    /** The names of all topics in order, with the log's own ones only when asked for. */
    Mono<List<TopicName>> list(boolean includeInternal);

    /** Changes a topic. Errors with TOPIC_NOT_FOUND or TOPIC_CONFIG_INVALID. */
    Mono<TopicInfo> update(TopicName name, TopicUpdate update);

    /** Removes a topic and its events for good. Errors with TOPIC_NOT_FOUND. */
    Mono<Void> delete(TopicName name);
}
