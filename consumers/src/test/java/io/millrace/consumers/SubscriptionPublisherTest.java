// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import java.util.Collections;
import java.util.Map;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The Reactive Streams TCK through a real call to a real broker. */
public class SubscriptionPublisherTest extends PublisherVerification<ReceivedEvent> {
    private static final TopicName ORDERS = new TopicName("orders");
    private static final int EVENTS = 2_000;

    private MemoryEventLog log;
    private Broker broker;
    private MillraceConnection connection;

    public SubscriptionPublisherTest() {
        super(new TestEnvironment(2_000, 200));
    }

    @BeforeClass
    void start() throws Exception {
        log = MemoryEventLog.create();
        log.topics().create(TopicSpec.of(ORDERS), false).block();
        log.append(ORDERS, Collections.nCopies(EVENTS, Event.builder().data("x").build()))
                .block();
        broker = Broker.builder().log(log).port(0).start();
        connection = MillraceConnection.to("127.0.0.1:" + broker.port());
    }

    @AfterClass
    void stop() {
        connection.close();
        broker.close();
        log.close();
    }

    @Override
    public long maxElementsFromPublisher() {
        return EVENTS;
    }

    @Override
    public Publisher<ReceivedEvent> createPublisher(long elements) {
        return Consumer.on(connection)
                .subscribe("orders")
                .fromBeginning()
                .untilOffsets(Map.of(new TopicPartition(ORDERS, 0), elements))
                .events();
    }

    @Override
    public Publisher<ReceivedEvent> createFailedPublisher() {
        return Consumer.on(connection).subscribe("no-such-topic").events();
    }
}
