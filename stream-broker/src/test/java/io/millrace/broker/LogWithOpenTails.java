// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.millrace.core.log.EventLog;
import io.millrace.core.log.ForwardingLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicPartition;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;

/** A log that knows which partitions are followed now. */
final class LogWithOpenTails extends ForwardingLog {
    private final Set<TopicPartition> followed = ConcurrentHashMap.newKeySet();

    LogWithOpenTails(EventLog log) {
        super(log);
    }

    Set<TopicPartition> followed() {
        return Set.copyOf(followed);
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return super.tail(partition)
                .doOnSubscribe(subscription -> followed.add(partition))
                .doFinally(signal -> followed.remove(partition));
    }
}
