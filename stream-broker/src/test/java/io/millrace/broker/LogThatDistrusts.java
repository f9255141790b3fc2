// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.millrace.core.log.EventLog;
import io.millrace.core.log.ForwardingLog;
import io.millrace.core.log.Integrity;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicPartition;
import java.util.function.LongFunction;
import reactor.core.publisher.Flux;

/** A log in which some events are not what was published, by their offsets. */
final class LogThatDistrusts extends ForwardingLog {
    private final LongFunction<Integrity> integrity;

    LogThatDistrusts(EventLog log, LongFunction<Integrity> integrity) {
        super(log);
        this.integrity = integrity;
    }

    @Override
    public Flux<LogBatch> read(TopicPartition partition, long fromOffset, long toOffset) {
        return super.read(partition, fromOffset, toOffset).map(this::judged);
    }

    @Override
    public Flux<LogBatch> tail(TopicPartition partition) {
        return super.tail(partition).map(this::judged);
    }

    private LogBatch judged(LogBatch batch) {
        return new LogBatch(
                batch.fromOffset(),
                batch.nextOffset(),
                batch.events().stream().map(this::judged).toList());
    }

    private StoredEvent judged(StoredEvent event) {
        Integrity found = integrity.apply(event.offset());
        return found == Integrity.WITHHELD
                ? event.withheld()
                : new StoredEvent(event.offset(), event.recordTimeMillis(), event.event(), found);
    }
}
