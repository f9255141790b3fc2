// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.frame.ControlFrame;
import io.millrace.broker.frame.Frame;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.loop.EventLoops;
import io.millrace.broker.tail.Tails;
import io.millrace.core.event.Event;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.memory.MemoryLogConfig;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.v1.Credit;
import io.millrace.v1.EndPosition;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeRequest;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The Reactive Streams TCK against the frames of a subscription as the broker makes them. */
public class CursorFluxPublisherTest extends PublisherVerification<Frame> {
    private static final long TIMEOUT_MILLIS = 1000;
    private static final long SILENCE_MILLIS = 100;

    private final MemoryEventLog log = MemoryEventLog.create(MemoryLogConfig.defaults());
    private final DefaultEventExecutorGroup loops = new DefaultEventExecutorGroup(2);
    private final Subscriptions subscriptions;
    private int topics;

    public CursorFluxPublisherTest() {
        super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
        MemoryLedger ledger = MemoryLedger.ofHeapShare();
        BrokerLimits limits = BrokerLimits.defaults().withBatchBytes(1);
        subscriptions = new Subscriptions(
                log,
                new Tails(log, ledger, limits, loops),
                new Overload(ledger),
                limits,
                new EventLoops(loops),
                Clock.systemUTC());
    }

    @AfterClass
    public void close() {
        loops.shutdownGracefully();
        log.close();
    }

    /** A batch holds one event here; the other frames are left out, or no stream would have fewer than two. */
    @Override
    public Publisher<Frame> createPublisher(long events) {
        TopicName topic = new TopicName("tck-" + topics++);
        log.topics().create(new TopicSpec(topic, 1, 0, Map.of()), false).block();
        for (long i = 0; i < events; i++) {
            log.append(topic, List.of(Event.builder().data("event " + i).build()))
                    .block();
        }
        return subscribe(topic).filter(frame -> !(frame instanceof ControlFrame));
    }

    /** An unknown topic is an error and nothing else. */
    @Override
    public Publisher<Frame> createFailedPublisher() {
        return subscribe(new TopicName("missing"));
    }

    @Override
    public long maxElementsFromPublisher() {
        return 10_000;
    }

    private Flux<Frame> subscribe(TopicName topic) {
        SubscribeRequest open = SubscribeRequest.newBuilder()
                .setOpen(SubscribeOpen.newBuilder()
                        .setCredit(Credit.newBuilder().setEvents(Long.MAX_VALUE))
                        .setSpec(ReadSpec.newBuilder()
                                .addTopics(topic.value())
                                .setStart(StartPosition.newBuilder()
                                        .setEarliest(StartPosition.Earliest.getDefaultInstance()))
                                .setEnd(EndPosition.newBuilder().setLiveEnd(EndPosition.LiveEnd.getDefaultInstance()))))
                .build();
        return subscriptions.subscribe(Flux.just(open).concatWith(Mono.never()));
    }
}
