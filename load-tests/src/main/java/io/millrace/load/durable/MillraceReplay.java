// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Duration;
import java.util.Map;

/** The consumer of the SDK with its defaults, over a real call to the broker. */
final class MillraceReplay implements Contender {
    private final MillraceConnection connection;
    private final TopicName topic;

    MillraceReplay(MillraceConnection connection, TopicName topic) {
        this.connection = connection;
        this.topic = topic;
    }

    @Override
    public Duration run(int events) {
        OrderCheck check = new OrderCheck();
        long startNanos = System.nanoTime();
        Consumer.on(connection)
                .subscribe(topic.value())
                .fromBeginning()
                .untilOffsets(Map.of(new TopicPartition(topic, 0), (long) events))
                .events()
                .doOnNext(received -> check.received(received.offset(), received.event()))
                .then()
                .block();
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        check.requireReceived(events);
        return took;
    }
}
