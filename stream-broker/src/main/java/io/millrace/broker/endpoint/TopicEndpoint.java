// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.endpoint;

import io.millrace.broker.delivery.Subscriptions;
import io.millrace.broker.tail.Tails;
import io.millrace.core.log.EventLog;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.CreateTopicResponse;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.DeleteTopicResponse;
import io.millrace.v1.GetTopicRequest;
import io.millrace.v1.GetTopicResponse;
import io.millrace.v1.GetTopicStatsRequest;
import io.millrace.v1.GetTopicStatsResponse;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import io.millrace.v1.PartitionStats;
import io.millrace.v1.ReactorTopicServiceGrpc;
import io.millrace.v1.Topic;
import io.millrace.v1.UpdateTopicRequest;
import io.millrace.v1.UpdateTopicResponse;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** TopicService. */
final class TopicEndpoint extends ReactorTopicServiceGrpc.TopicServiceImplBase {
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;
    private static final int LOOKUPS_AT_ONCE = 16;
    private static final String CONFIG = "config";
    private static final String CONFIG_KEY = "config.";

    private final EventLog log;
    private final Tails tails;
    private final Subscriptions subscriptions;
    private final Clock clock;

    TopicEndpoint(EventLog log, Tails tails, Subscriptions subscriptions, Clock clock) {
        this.log = log;
        this.tails = tails;
        this.subscriptions = subscriptions;
        this.clock = clock;
    }

    @Override
    public Mono<CreateTopicResponse> createTopic(Mono<CreateTopicRequest> request) {
        return request.flatMap(create -> log.topics().create(spec(create.getTopic()), create.getValidateOnly()))
                .map(info ->
                        CreateTopicResponse.newBuilder().setTopic(message(info)).build());
    }

    @Override
    public Mono<GetTopicResponse> getTopic(Mono<GetTopicRequest> request) {
        return request.flatMap(get -> log.topics().describe(TopicResource.parse(get.getName())))
                .map(info ->
                        GetTopicResponse.newBuilder().setTopic(message(info)).build());
    }

    @Override
    public Mono<ListTopicsResponse> listTopics(Mono<ListTopicsRequest> request) {
        return request.flatMap(
                list -> log.topics().list(list.getIncludeInternal()).flatMap(names -> page(list, names)));
    }

    @Override
    public Mono<UpdateTopicResponse> updateTopic(Mono<UpdateTopicRequest> request) {
        return request.flatMap(this::update)
                .map(info ->
                        UpdateTopicResponse.newBuilder().setTopic(message(info)).build());
    }

    @Override
    public Mono<DeleteTopicResponse> deleteTopic(Mono<DeleteTopicRequest> request) {
        return request.flatMap(delete -> log.topics().delete(TopicResource.parseWritable(delete.getName())))
                .thenReturn(DeleteTopicResponse.getDefaultInstance());
    }

    @Override
    public Mono<GetTopicStatsResponse> getTopicStats(Mono<GetTopicStatsRequest> request) {
        return request.flatMap(get -> log.topics().describe(TopicResource.parse(get.getName())))
                .flatMap(this::stats);
    }

    @Override
    protected Throwable onErrorMap(Throwable failure) {
        return Errors.toStatus(failure);
    }

    private Mono<ListTopicsResponse> page(ListTopicsRequest request, List<TopicName> names) {
        int size = pageSize(request.getPageSize());
        List<TopicName> left = names.stream()
                .filter(name -> name.value().startsWith(request.getNamePrefix()))
                .filter(name -> name.value().compareTo(request.getPageToken()) > 0)
                .limit(size + 1L)
                .toList();
        List<TopicName> shown = left.subList(0, Math.min(size, left.size()));
        return Flux.fromIterable(shown)
                .flatMapSequential(this::describeIfThere, LOOKUPS_AT_ONCE)
                .map(TopicEndpoint::message)
                .collectList()
                .map(topics -> ListTopicsResponse.newBuilder()
                        .addAllTopics(topics)
                        .setNextPageToken(
                                left.size() > size ? shown.get(size - 1).value() : "")
                        .build());
    }

    /** A topic may go away between the list and its description. */
    private Mono<TopicInfo> describeIfThere(TopicName name) {
        return log.topics().describe(name).onErrorResume(Reason.TOPIC_NOT_FOUND::isOf, failure -> Mono.empty());
    }

    private static int pageSize(int asked) {
        if (asked < 0) {
            throw invalid("page_size is negative");
        }
        return asked == 0 ? DEFAULT_PAGE : Math.min(asked, MAX_PAGE);
    }

    private static TopicSpec spec(Topic topic) {
        TopicName name = TopicResource.parseWritable(topic.getName());
        if (topic.getPartitions() < 0 || topic.getReplicationFactor() < 0) {
            throw Refusal.of(Reason.TOPIC_CONFIG_INVALID, "partitions and replication_factor cannot be negative")
                    .asException();
        }
        return new TopicSpec(name, topic.getPartitions(), topic.getReplicationFactor(), topic.getConfigMap());
    }

    private Mono<TopicInfo> update(UpdateTopicRequest request) {
        TopicName name = TopicResource.parseWritable(request.getTopic().getName());
        return log.topics().describe(name).flatMap(current -> log.topics().update(name, change(request, current)));
    }

    private static TopicUpdate change(UpdateTopicRequest request, TopicInfo current) {
        if (request.getUpdateMask().getPathsCount() == 0) {
            throw invalid("update_mask names nothing");
        }
        Topic topic = request.getTopic();
        OptionalInt partitions = OptionalInt.empty();
        Map<String, String> set = new HashMap<>();
        Set<String> reset = new HashSet<>();
        for (String path : request.getUpdateMask().getPathsList()) {
            if (path.equals("partitions")) {
                partitions = OptionalInt.of(topic.getPartitions());
            } else if (path.equals(CONFIG)) {
                set.putAll(topic.getConfigMap());
                reset.addAll(current.config().keySet());
            } else if (path.startsWith(CONFIG_KEY)) {
                String key = path.substring(CONFIG_KEY.length());
                String value = topic.getConfigMap().get(key);
                if (value == null) {
                    reset.add(key);
                } else {
                    set.put(key, value);
                }
            } else {
                throw invalid("update_mask names '" + path + "', which cannot be changed");
            }
        }
        reset.removeAll(set.keySet());
        return new TopicUpdate(partitions, set, reset);
    }

    private Mono<GetTopicStatsResponse> stats(TopicInfo info) {
        return Flux.fromIterable(info.topicPartitions())
                .flatMapSequential(this::stats, LOOKUPS_AT_ONCE)
                .collectList()
                .map(partitions -> GetTopicStatsResponse.newBuilder()
                        .setName(TopicResource.format(info.name()))
                        .addAllPartitions(partitions)
                        .setSubscribers(subscriptions.count(info.name()))
                        .setTime(EventCodec.toMessage(clock.instant()))
                        .build());
    }

    private Mono<PartitionStats> stats(TopicPartition partition) {
        return log.bounds(partition)
                .map(bounds -> PartitionStats.newBuilder()
                        .setPartition(partition.partition())
                        .setEarliestOffset(bounds.earliest())
                        .setEndOffset(bounds.end())
                        .setRingBytes(tails.heldBytes(partition))
                        .build());
    }

    private static Topic message(TopicInfo info) {
        return Topic.newBuilder()
                .setName(TopicResource.format(info.name()))
                .setPartitions(info.partitions())
                .setReplicationFactor(info.replicationFactor())
                .putAllConfig(info.config())
                .setUid(info.uid())
                .build();
    }

    private static RefusedException invalid(String message) {
        return Refusal.of(Reason.REQUEST_INVALID, message).asException();
    }
}
