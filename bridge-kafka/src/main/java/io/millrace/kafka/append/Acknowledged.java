// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicPartition;

/**
 * Whoever shows what Kafka has acknowledged to those who follow the partition. Told of it on a thread of the appender's
 * own, and on the producer's network thread where that one is far behind; asked on the network thread.
 */
public interface Acknowledged {
    /** True when anybody follows the partition; what nobody follows costs nothing more. */
    boolean isFollowed(TopicPartition partition);

    /**
     * A run without holes that is stored now. The runs of a partition come in the order of their offsets; some may never
     * come.
     *
     * @param topicUid the id of the topic that it was meant for
     */
    void acknowledged(String topicUid, TopicPartition partition, LogBatch run);
}
