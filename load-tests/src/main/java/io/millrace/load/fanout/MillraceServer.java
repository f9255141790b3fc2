// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.broker.Broker;
import io.millrace.core.log.AppendResult;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.sample.SampleEvents;
import java.io.IOException;
import java.util.Objects;

/** The broker as the program starts it, over the memory log: one topic with one partition. */
final class MillraceServer implements FanOutServer {
    static final TopicName TOPIC = new TopicName("fan-out");

    /** Events of one append: about a frame of a busy publisher. */
    private static final int APPEND_EVENTS = 256;

    private final SampleEvents events = new SampleEvents();
    private final MemoryEventLog log = MemoryEventLog.create();
    private final Broker broker;
    private long next;

    MillraceServer() throws IOException {
        Objects.requireNonNull(log.topics().create(TopicSpec.of(TOPIC), false).block());
        broker = Broker.builder()
                .log(log)
                .port(0)
                .maxCallsPerConnection(Transports.MAX_CALLS_PER_CONNECTION)
                .start();
    }

    @Override
    public int port() {
        return broker.port();
    }

    @Override
    public int subscribers() {
        return broker.streams();
    }

    @Override
    public void feedUntil(long offset) {
        while (next < offset) {
            long to = Math.min(offset, next + APPEND_EVENTS);
            AppendResult result = Objects.requireNonNull(
                    log.append(TOPIC, events.between(next, to)).block());
            if (!result.failures().isEmpty()) {
                throw new IllegalStateException("the log refused events: " + result.failures());
            }
            next = to;
        }
    }

    @Override
    public long fed() {
        return next;
    }

    @Override
    public void close() {
        broker.close();
        log.close();
    }
}
