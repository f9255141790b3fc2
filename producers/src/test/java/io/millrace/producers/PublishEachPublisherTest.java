// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import reactor.core.publisher.Flux;

/** The Reactive Streams TCK through a real call to a real broker. */
public class PublishEachPublisherTest extends PublisherVerification<PublishResult> {
    private MemoryEventLog log;
    private Broker broker;
    private MillraceConnection connection;
    private Producer producer;

    public PublishEachPublisherTest() {
        super(new TestEnvironment(2_000, 200));
    }

    @BeforeClass
    void start() throws Exception {
        log = MemoryEventLog.create();
        log.topics().create(TopicSpec.of(new TopicName("orders")), false).block();
        broker = Broker.builder().log(log).port(0).start();
        connection = MillraceConnection.to("127.0.0.1:" + broker.port());
        producer = Producer.to(connection, "orders");
    }

    @AfterClass
    void stop() {
        producer.close();
        connection.close();
        broker.close();
        log.close();
    }

    @Override
    public long maxElementsFromPublisher() {
        return 10_000;
    }

    @Override
    public Publisher<PublishResult> createPublisher(long elements) {
        return producer.publishEach(Flux.range(0, (int) elements)
                .map(n -> Event.builder().data("event " + n).build()));
    }

    @Override
    public Publisher<PublishResult> createFailedPublisher() {
        return producer.publishEach(Flux.error(new IllegalStateException("the source is broken")));
    }
}
