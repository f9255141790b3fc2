// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.broker.Broker;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import java.io.IOException;
import java.util.Objects;

/** The broker as the program starts it, over the memory log: one topic with one partition. */
final class MillraceServer implements FanOutServer {
    static final TopicName TOPIC = new TopicName("fan-out");

    private final MemoryEventLog log = MemoryEventLog.create();
    private final Broker broker;

    MillraceServer() throws IOException {
        Objects.requireNonNull(log.topics().create(TopicSpec.of(TOPIC), false).block());
        broker = Broker.builder().log(log).port(0).start();
    }

    @Override
    public int port() {
        return broker.port();
    }

    @Override
    public int subscribers() {
        return broker.subscribers();
    }

    @Override
    public void makeUntil(long offset) {
        throw new UnsupportedOperationException("a broker is published to");
    }

    @Override
    public void close() {
        broker.close();
        log.close();
    }
}
