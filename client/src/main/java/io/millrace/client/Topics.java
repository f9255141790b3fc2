// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import com.google.protobuf.FieldMask;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.GetTopicRequest;
import io.millrace.v1.GetTopicStatsRequest;
import io.millrace.v1.GetTopicStatsResponse;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import io.millrace.v1.PartitionStats;
import io.millrace.v1.ReactorTopicServiceGrpc;
import io.millrace.v1.ReactorTopicServiceGrpc.ReactorTopicServiceStub;
import io.millrace.v1.Topic;
import io.millrace.v1.UpdateTopicRequest;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Administration of topics.
 *
 * <p>Each call is made when its {@link Mono} is subscribed to, and again for each further subscriber. A server that
 * cannot be reached is passed over for the next endpoint; nothing else is tried again, because a change may have been
 * made before its answer was lost. Errors are {@link MillraceException}s with the reasons of the catalogue.
 */
public final class Topics {
    private final MillraceConnection connection;
    private final Duration callTimeout;

    Topics(MillraceConnection connection, Duration callTimeout) {
        this.connection = connection;
        this.callTimeout = callTimeout;
    }

    /** Makes a topic. Errors with TOPIC_EXISTS, TOPIC_CONFIG_INVALID. */
    public Mono<TopicInfo> create(TopicSpec spec) {
        return create(spec, false);
    }

    /** Makes a topic, or only checks whether it could be made. */
    public Mono<TopicInfo> create(TopicSpec spec, boolean validateOnly) {
        CreateTopicRequest request = CreateTopicRequest.newBuilder()
                .setTopic(Topic.newBuilder()
                        .setName(TopicResource.format(spec.name()))
                        .setPartitions(spec.partitions())
                        .setReplicationFactor(spec.replicationFactor())
                        .putAllConfig(spec.config()))
                .setValidateOnly(validateOnly)
                .build();
        return connection.unary(link -> stub(link).createTopic(request)).map(answer -> toInfo(answer.getTopic()));
    }

    /** One topic. Errors with TOPIC_NOT_FOUND. */
    public Mono<TopicInfo> get(TopicName name) {
        GetTopicRequest request =
                GetTopicRequest.newBuilder().setName(TopicResource.format(name)).build();
        return connection.unary(link -> stub(link).getTopic(request)).map(answer -> toInfo(answer.getTopic()));
    }

    /** All topics in order of name, without Kafka's own. */
    public Flux<TopicInfo> list() {
        return list("", false);
    }

    /**
     * Topics in order of name. Pages are fetched as they are requested.
     *
     * @param namePrefix only those whose name begins so; empty for all
     * @param includeInternal also Kafka's own, whose names begin with {@code __}
     */
    public Flux<TopicInfo> list(String namePrefix, boolean includeInternal) {
        ListTopicsRequest first = ListTopicsRequest.newBuilder()
                .setNamePrefix(namePrefix)
                .setIncludeInternal(includeInternal)
                .build();
        return page(first)
                .expand(page -> page.getNextPageToken().isEmpty()
                        ? Mono.empty()
                        : page(first.toBuilder()
                                .setPageToken(page.getNextPageToken())
                                .build()))
                .concatMapIterable(ListTopicsResponse::getTopicsList, 1)
                .map(Topics::toInfo);
    }

    /** Changes a topic. Errors with TOPIC_NOT_FOUND, TOPIC_CONFIG_INVALID. */
    public Mono<TopicInfo> update(TopicName name, TopicUpdate update) {
        UpdateTopicRequest request = UpdateTopicRequest.newBuilder()
                .setTopic(Topic.newBuilder()
                        .setName(TopicResource.format(name))
                        .setPartitions(update.partitions().orElse(0))
                        .putAllConfig(update.set()))
                .setUpdateMask(FieldMask.newBuilder().addAllPaths(paths(update)))
                .build();
        return connection.unary(link -> stub(link).updateTopic(request)).map(answer -> toInfo(answer.getTopic()));
    }

    /** Removes a topic and its events for good. Errors with TOPIC_NOT_FOUND. */
    public Mono<Void> delete(TopicName name) {
        DeleteTopicRequest request = DeleteTopicRequest.newBuilder()
                .setName(TopicResource.format(name))
                .build();
        return connection.unary(link -> stub(link).deleteTopic(request)).then();
    }

    /** What each partition holds. Errors with TOPIC_NOT_FOUND. */
    public Mono<TopicStats> stats(TopicName name) {
        GetTopicStatsRequest request = GetTopicStatsRequest.newBuilder()
                .setName(TopicResource.format(name))
                .build();
        return connection.unary(link -> stub(link).getTopicStats(request)).map(Topics::toStats);
    }

    private Mono<ListTopicsResponse> page(ListTopicsRequest request) {
        return connection.unary(link -> stub(link).listTopics(request));
    }

    private ReactorTopicServiceStub stub(Link link) {
        return ReactorTopicServiceGrpc.newReactorStub(link.channel())
                .withDeadlineAfter(callTimeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static List<String> paths(TopicUpdate update) {
        List<String> paths = new ArrayList<>();
        if (update.partitions().isPresent()) {
            paths.add("partitions");
        }
        update.set().keySet().forEach(key -> paths.add("config." + key));
        update.reset().forEach(key -> paths.add("config." + key));
        return paths;
    }

    private static TopicInfo toInfo(Topic topic) {
        return new TopicInfo(
                TopicResource.parse(topic.getName()),
                topic.getUid(),
                topic.getPartitions(),
                topic.getReplicationFactor(),
                topic.getConfigMap());
    }

    private static TopicStats toStats(GetTopicStatsResponse answer) {
        return new TopicStats(
                TopicResource.parse(answer.getName()),
                answer.getPartitionsList().stream().map(Topics::toStats).toList(),
                answer.getSubscribers(),
                EventCodec.toInstant(answer.getTime(), "time"));
    }

    private static TopicStats.Partition toStats(PartitionStats partition) {
        return new TopicStats.Partition(
                partition.getPartition(),
                partition.getEarliestOffset(),
                partition.getEndOffset(),
                partition.getRingBytes());
    }
}
