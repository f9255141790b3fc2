// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import io.millrace.core.log.EventLog;
import io.millrace.core.log.ForwardingLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicPartition;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.publisher.Flux;

/** A log that counts the events it hands out as history: those which no ring held. */
final class HistoryMeter extends ForwardingLog {
    private final LongAdder eventsRead = new LongAdder();

    HistoryMeter(EventLog log) {
        super(log);
    }

    long eventsRead() {
        return eventsRead.sum();
    }

    @Override
    public Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset) {
        return super.read(partition, fromOffset, toOffset)
                .doOnNext(batch -> eventsRead.add(batch.events().size()));
    }
}
