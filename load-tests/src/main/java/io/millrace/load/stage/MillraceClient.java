// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.Signal;
import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.load.sample.SampleEvents;
import io.millrace.producers.Producer;
import io.millrace.v1.PublishEntry;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishResult;
import io.millrace.v1.ReactorPublisherServiceGrpc;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.concurrent.Queues;

/** The SDK with its defaults, over real calls; never more streams on a connection than {@code serve} takes. */
final class MillraceClient implements Client {
    private static final int STREAMS_PER_CONNECTION = 50;
    private static final int HANDED_OVER_EVENTS = 8_192;
    private static final Duration OPEN_PATIENCE = Duration.ofSeconds(60);

    private final String endpoint;
    private final List<MillraceConnection> connections = new ArrayList<>();

    MillraceClient(String endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public Done publish(Work.Publish work) {
        SampleEvents samples = new SampleEvents(work.dataBytes());
        try (Producer producer = producer(connection(0), work)) {
            publish(producer, samples, 0, 1);
            long startNanos = System.nanoTime();
            publish(producer, samples, 1, work.events());
            return Done.unpaced(System.nanoTime() - startNanos, work.events(), Counts.NONE);
        }
    }

    /** A topic is used once, and so is the name made of it. */
    private static Producer producer(MillraceConnection connection, Work.Publish work) {
        Producer.Builder builder = Producer.builder(connection, work.topic());
        if (work.named()) {
            builder.exactlyOnce(work.topic());
        }
        if (work.oneByOne()) {
            builder.maxUnsettledEvents(1);
        }
        return builder.build();
    }

    /** Returns when {@code count} events from this one on are all acknowledged. */
    private static void publish(Producer producer, SampleEvents samples, int from, int count) {
        long acknowledged = Objects.requireNonNull(
                producer.publishAll(Flux.range(from, count).map(samples::at))
                        .count()
                        .block());
        if (acknowledged != count) {
            throw new IllegalStateException("Millrace acknowledged " + acknowledged + " of " + count + " events");
        }
    }

    @Override
    public Done publish(Work.Requests work) {
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(endpoint).usePlaintext().build();
        try {
            ReactorPublisherServiceGrpc.ReactorPublisherServiceStub publisher =
                    ReactorPublisherServiceGrpc.newReactorStub(channel);
            SampleEvents samples = new SampleEvents(work.dataBytes());
            publish(publisher, samples, work, 0, 1);
            long startNanos = System.nanoTime();
            publish(publisher, samples, work, 1, work.requests());
            long nanos = System.nanoTime() - startNanos;
            return Done.unpaced(nanos, (long) work.requests() * work.eventsPerRequest(), Counts.NONE);
        } finally {
            channel.shutdownNow();
        }
    }

    private static void publish(
            ReactorPublisherServiceGrpc.ReactorPublisherServiceStub publisher,
            SampleEvents samples,
            Work.Requests work,
            int from,
            int count) {
        Flux.range(from, count)
                .map(number -> request(samples, work, number))
                .flatMap(request -> publisher.publish(Mono.just(request)), work.underWay())
                .doOnNext(MillraceClient::requireStored)
                .then()
                .block();
    }

    private static PublishRequest request(SampleEvents samples, Work.Requests work, int number) {
        PublishRequest.Builder request =
                PublishRequest.newBuilder().setTopic(TopicResource.format(new TopicName(work.topic())));
        for (int i = 0; i < work.eventsPerRequest(); i++) {
            request.addEntries(PublishEntry.newBuilder()
                    .setEvent(EventCodec.toMessage(samples.at((long) number * work.eventsPerRequest() + i))));
        }
        return request.setAtomic(work.atomic()).build();
    }

    private static void requireStored(PublishResponse response) {
        if (!response.getResultsList().stream().allMatch(PublishResult::hasPosition)) {
            throw new IllegalStateException("Millrace refused an event of " + response);
        }
    }

    @Override
    public Done replay(Work.Replay work) {
        SampleEvents samples = new SampleEvents(work.dataBytes());
        List<OrderCheck> checks = Stream.generate(() -> new OrderCheck(samples, 0))
                .limit(work.readers())
                .toList();
        long startNanos = System.nanoTime();
        Flux.range(0, work.readers())
                .flatMap(i -> replay(work, connection(i), checks.get(i)), work.readers())
                .then()
                .block();
        long nanos = System.nanoTime() - startNanos;
        return Done.replayed(work, nanos, checks);
    }

    private static Mono<Void> replay(Work.Replay work, MillraceConnection connection, OrderCheck check) {
        TopicPartition partition = new TopicPartition(new TopicName(work.topic()), 0);
        return Consumer.on(connection)
                .subscribe(work.topic())
                .fromBeginning()
                .untilOffsets(Map.of(partition, (long) work.events()))
                .onSignal(signal -> countGap(signal, check::gap))
                .events()
                .doOnNext(received -> check.received(received.offset(), received.event()))
                .then();
    }

    @Override
    public Done live(Work.Live work) {
        SampleEvents samples = new SampleEvents();
        LiveRun run = new LiveRun(work, samples);
        List<Disposable> subscriptions = subscribe(work, run);
        Sinks.Many<Event> source = Sinks.many()
                .unicast()
                .onBackpressureBuffer(Queues.<Event>get(HANDED_OVER_EVENTS).get());
        try (MillraceConnection ofPublisher = MillraceConnection.to(endpoint);
                Producer producer = Producer.to(ofPublisher, work.topic())) {
            Disposable acknowledging = producer.publishAll(source.asFlux()).subscribe(ack -> {}, run::fail);
            Done done = run.run(number -> source.tryEmitNext(samples.at(work.from() + number)) == Sinks.EmitResult.OK);
            acknowledging.dispose();
            return done;
        } finally {
            subscriptions.forEach(Disposable::dispose);
        }
    }

    /** Returns when the server has opened every stream. */
    private List<Disposable> subscribe(Work.Live work, LiveRun run) {
        CountDownLatch notOpened = new CountDownLatch(work.subscribers());
        List<Disposable> subscriptions = IntStream.range(0, work.subscribers())
                .mapToObj(i -> subscribe(work, run, i, notOpened))
                .toList();
        try {
            if (!notOpened.await(OPEN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(notOpened.getCount() + " subscriptions have not opened");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return subscriptions;
    }

    private Disposable subscribe(Work.Live work, LiveRun run, int number, CountDownLatch notOpened) {
        LiveReader reader = run.readers().get(number);
        return Consumer.on(connection(number))
                .subscribe(work.topic())
                .fromOffset(0, work.from())
                .onSignal(signal -> {
                    if (signal instanceof Signal.CaughtUp) {
                        notOpened.countDown();
                    }
                    countGap(signal, reader::gap);
                })
                .deliverOn(Schedulers.parallel())
                .events()
                .subscribe(received -> reader.received(received.offset(), received.event()), run::fail);
    }

    private static void countGap(Signal signal, Runnable gap) {
        if (signal instanceof Signal.Gap) {
            gap.run();
        }
    }

    /** The connection of a stream. */
    private MillraceConnection connection(int stream) {
        int number = stream / STREAMS_PER_CONNECTION;
        while (connections.size() <= number) {
            connections.add(MillraceConnection.to(endpoint));
        }
        return connections.get(number);
    }

    @Override
    public void close() {
        connections.forEach(MillraceConnection::close);
    }
}
