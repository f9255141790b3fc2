// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.core.event.Event;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.memory.MemoryLogConfig;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.v1.EndPosition;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ReactorSubscriberServiceGrpc;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The Reactive Streams TCK against batches that have come through a real call. */
public class SubscribeRpcPublisherTest extends PublisherVerification<EventBatch> {
    private static final long TIMEOUT_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 150;

    private final MemoryEventLog log = MemoryEventLog.create(MemoryLogConfig.defaults());
    private final Broker broker;
    private final ManagedChannel channel;
    private int topics;

    public SubscribeRpcPublisherTest() {
        super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS));
        try {
            broker = Broker.builder()
                    .log(log)
                    .port(0)
                    .limits(BrokerLimits.defaults().withBatchBytes(1))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        channel = NettyChannelBuilder.forAddress("127.0.0.1", broker.port())
                .usePlaintext()
                .build();
    }

    @AfterClass
    public void close() {
        channel.shutdownNow();
        broker.close();
        log.close();
    }

    /** A batch holds one event here. */
    @Override
    public Publisher<EventBatch> createPublisher(long batches) {
        TopicName topic = new TopicName("tck-" + topics++);
        log.topics().create(new TopicSpec(topic, 1, 0, Map.of()), false).block();
        for (long i = 0; i < batches; i++) {
            log.append(topic, List.of(Event.builder().data("event " + i).build()))
                    .block();
        }
        return subscribe(topic);
    }

    @Override
    public Publisher<EventBatch> createFailedPublisher() {
        return subscribe(new TopicName("missing"));
    }

    @Override
    public long maxElementsFromPublisher() {
        return 10_000;
    }

    /** A call can be made once for each subscriber. */
    private Flux<EventBatch> subscribe(TopicName topic) {
        SubscribeRequest open = SubscribeRequest.newBuilder()
                .setOpen(SubscribeOpen.newBuilder()
                        .setSpec(ReadSpec.newBuilder()
                                .addTopics(topic.value())
                                .setStart(StartPosition.newBuilder()
                                        .setEarliest(StartPosition.Earliest.getDefaultInstance()))
                                .setEnd(EndPosition.newBuilder().setLiveEnd(EndPosition.LiveEnd.getDefaultInstance()))))
                .build();
        return Flux.defer(() -> ReactorSubscriberServiceGrpc.newReactorStub(channel)
                        .subscribe(Flux.just(open).concatWith(Mono.never())))
                .filter(SubscribeResponse::hasBatch)
                .map(SubscribeResponse::getBatch);
    }
}
