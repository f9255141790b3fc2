// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.endpoint;

import io.millrace.broker.ingest.Publishers;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.Position;
import io.millrace.v1.ProducerIdentity;
import io.millrace.v1.PublishEntry;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishResult;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.millrace.v1.ReactorPublisherServiceGrpc;
import io.millrace.wire.StatusCodec;
import io.millrace.wire.TopicResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** PublisherService. */
final class PublisherEndpoint extends ReactorPublisherServiceGrpc.PublisherServiceImplBase {
    private final EventLog log;
    private final Publishers publishers;

    private final Duration patience;

    /** With this patience for a log that is away. */
    PublisherEndpoint(EventLog log, Publishers publishers, Duration patience) {
        this.log = log;
        this.publishers = publishers;
        this.patience = patience;
    }

    @Override
    public Flux<PublishStreamResponse> publishStream(Flux<PublishStreamRequest> requests) {
        return publishers.publish(requests);
    }

    @Override
    public Mono<PublishResponse> publish(Mono<PublishRequest> request) {
        CallDeadline deadline = CallDeadline.current();
        return request.flatMap(asked -> answer(asked, deadline));
    }

    @Override
    protected Throwable onErrorMap(Throwable failure) {
        return Errors.toStatus(failure);
    }

    private Mono<PublishResponse> answer(PublishRequest request, CallDeadline deadline) {
        if (request.getEntriesCount() == 0) {
            return Mono.error(
                    Refusal.of(Reason.REQUEST_INVALID, "entries is empty").asException());
        }
        List<Publishers.Run> runs = runs(request);
        Mono<PublishResponse> answer = results(request, runs)
                .flatMapIterable(results -> results)
                .collectList()
                .map(results ->
                        PublishResponse.newBuilder().addAllResults(results).build());
        return request.getValidateOnly()
                ? answer
                : publishers.whenLogIsThere(deadline.atMost(patience)).then(deadline.bound(answer));
    }

    private Flux<List<PublishResult>> results(PublishRequest request, List<Publishers.Run> runs) {
        if (request.getValidateOnly()) {
            return Flux.fromIterable(runs).concatMap(this::check);
        }
        if (request.hasProducer()) {
            ProducerIdentity producer = request.getProducer();
            return results(
                            runs,
                            publishers.publish(
                                    producer.getProducerId(), producer.getFirstSequence(), runs, request.getAtomic()))
                    .transform(results -> numbered(producer.getFirstSequence(), results));
        }
        return request.getAtomic()
                ? results(runs, publishers.publishAtomically(runs))
                : Flux.fromIterable(runs).concatMap(this::append);
    }

    private static Flux<List<PublishResult>> results(List<Publishers.Run> runs, Mono<List<AppendResult>> appended) {
        return appended.flatMapIterable(results -> results)
                .index((index, result) -> results(runs.get(index.intValue()).topic(), result));
    }

    private static Flux<List<PublishResult>> numbered(long firstSequence, Flux<List<PublishResult>> runs) {
        AtomicLong next = new AtomicLong(firstSequence);
        return runs.map(results -> results.stream()
                .map(result ->
                        result.toBuilder().setSequence(next.getAndIncrement()).build())
                .toList());
    }

    /** The entries in order, cut where the topic changes. */
    private static List<Publishers.Run> runs(PublishRequest request) {
        List<Publishers.Run> runs = new ArrayList<>();
        for (PublishEntry entry : request.getEntriesList()) {
            TopicName topic =
                    TopicResource.parseWritable(entry.getTopic().isEmpty() ? request.getTopic() : entry.getTopic());
            if (runs.isEmpty() || !runs.get(runs.size() - 1).topic().equals(topic)) {
                runs.add(new Publishers.Run(topic, new ArrayList<>()));
            }
            runs.get(runs.size() - 1).events().add(entry.getEvent());
        }
        return runs;
    }

    private Mono<List<PublishResult>> append(Publishers.Run run) {
        return publishers.publish(run.topic(), run.events()).map(result -> results(run.topic(), result));
    }

    private Mono<List<PublishResult>> check(Publishers.Run run) {
        return log.topics()
                .describe(run.topic())
                .map(info -> publishers.check(run.events()).stream()
                        .map(PublisherEndpoint::checked)
                        .toList());
    }

    private static PublishResult checked(Optional<Refusal> refusal) {
        return refusal.map(PublisherEndpoint::failed).orElse(PublishResult.getDefaultInstance());
    }

    private static List<PublishResult> results(TopicName topic, AppendResult appended) {
        List<PublishResult> results = new ArrayList<>(appended.size());
        for (int i = 0; i < appended.size(); i++) {
            Refusal failure = appended.failures().get(i);
            PublishResult result = failure == null ? stored(topic, appended, i) : failed(failure);
            results.add(
                    i < appended.duplicates()
                            ? result.toBuilder().setDuplicate(true).build()
                            : result);
        }
        return results;
    }

    private static PublishResult stored(TopicName topic, AppendResult appended, int index) {
        return PublishResult.newBuilder()
                .setPosition(Position.newBuilder()
                        .setTopic(TopicResource.format(topic))
                        .setPartition(appended.partition(index))
                        .setOffset(appended.offset(index)))
                .build();
    }

    private static PublishResult failed(Refusal refusal) {
        return PublishResult.newBuilder()
                .setError(StatusCodec.toStatus(refusal))
                .build();
    }
}
