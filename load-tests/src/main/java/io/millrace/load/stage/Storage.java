// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.KafkaEventLog;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** The topics of the runs, of one partition each. All methods block. */
public final class Storage {
    private static final int DELETE_DELAY_MILLIS = 1000;

    private final KafkaEventLog log;
    private final AtomicInteger topics = new AtomicInteger();

    Storage(KafkaEventLog log) {
        this.log = log;
    }

    /** A topic as durable as the node; once deleted it is off the disk soon. */
    public String create() {
        return create(Map.of("file.delete.delay.ms", Integer.toString(DELETE_DELAY_MILLIS)));
    }

    /** A topic that is quick to fill, because nothing waits for the disk. */
    public String createUnforced() {
        return create(Map.of("flush.messages", Long.toString(Long.MAX_VALUE)));
    }

    private String create(Map<String, String> topicConfig) {
        TopicName topic = new TopicName("perf-" + topics.incrementAndGet());
        log.topics().create(new TopicSpec(topic, 1, 0, topicConfig), false).block();
        return topic.value();
    }

    /** Its data leave the disk soon after. */
    public void delete(String topic) {
        log.topics().delete(new TopicName(topic)).block();
    }

    /** Fails unless the topic holds exactly this many events. */
    public void requireEvents(String topic, long events) {
        long end = Objects.requireNonNull(
                        log.bounds(new TopicPartition(new TopicName(topic), 0)).block())
                .end();
        if (end != events) {
            throw new IllegalStateException(topic + " holds " + end + " events instead of " + events);
        }
    }
}
