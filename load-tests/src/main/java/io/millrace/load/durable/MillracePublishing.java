// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicName;
import io.millrace.load.sample.SampleEvents;
import io.millrace.producers.Producer;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Flux;

/** The producer of the SDK with its defaults, over a real call to the broker. */
final class MillracePublishing implements Contender {
    private final Storage storage;
    private final SampleEvents samples = new SampleEvents();
    private final MillraceConnection connection;

    MillracePublishing(Storage storage, MillraceConnection connection) {
        this.storage = storage;
        this.connection = connection;
    }

    @Override
    public Duration run(int events) {
        TopicName topic = storage.create();
        Duration took;
        try (Producer producer = Producer.to(connection, topic.value())) {
            publish(producer, 0, 1);
            long startNanos = System.nanoTime();
            publish(producer, 1, events);
            took = Duration.ofNanos(System.nanoTime() - startNanos);
        }
        storage.requireEvents(topic, events + 1);
        storage.delete(topic);
        return took;
    }

    /** Returns when {@code count} events from this one on are all acknowledged. */
    private void publish(Producer producer, int from, int count) {
        long acknowledged = Objects.requireNonNull(
                producer.publishAll(Flux.range(from, count).map(samples::at))
                        .count()
                        .block());
        if (acknowledged != count) {
            throw new IllegalStateException("Millrace acknowledged " + acknowledged + " of " + count + " events");
        }
    }
}
