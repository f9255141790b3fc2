// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.load.sample.SampleEvents;
import io.millrace.producers.Producer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/** Publishes with the SDK over one PublishStream, as any program would. */
final class PublishFeeder implements Feeder {
    private static final int HANDED_OVER_EVENTS = 32_768;
    private static final long NAP_NANOS = 100_000;

    private final SampleEvents events = new SampleEvents();
    private final Sinks.Many<Event> source = Sinks.many()
            .unicast()
            .onBackpressureBuffer(Queues.<Event>get(HANDED_OVER_EVENTS).get());
    private final MillraceConnection connection;
    private final Producer producer;
    private final Disposable publishing;
    private volatile @Nullable Throwable fault;
    private long fed;

    PublishFeeder(int port, String topic) {
        connection = MillraceConnection.to("127.0.0.1:" + port);
        producer = Producer.to(connection, topic);
        publishing = producer.publishAll(source.asFlux()).subscribe(ack -> {}, cause -> fault = cause);
    }

    @Override
    public void feedUntil(long offset) {
        for (; fed < offset; fed++) {
            Event event = events.at(fed);
            while (source.tryEmitNext(event) != Sinks.EmitResult.OK) {
                if (fault != null) {
                    throw new IllegalStateException("publishing failed: " + fault, fault);
                }
                LockSupport.parkNanos(NAP_NANOS);
            }
        }
    }

    @Override
    public long fed() {
        return fed;
    }

    @Override
    public void close() {
        publishing.dispose();
        producer.close();
        connection.close();
    }
}
