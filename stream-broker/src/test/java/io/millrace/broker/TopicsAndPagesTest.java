// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.at;
import static io.millrace.broker.SubscribeCall.earliest;
import static io.millrace.broker.SubscribeCall.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.FieldMask;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.DeleteTopicRequest;
import io.millrace.v1.EventBatch;
import io.millrace.v1.GetTopicRequest;
import io.millrace.v1.GetTopicStatsRequest;
import io.millrace.v1.GetTopicStatsResponse;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import io.millrace.v1.Position;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadResponse;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.v1.Topic;
import io.millrace.v1.TopicServiceGrpc;
import io.millrace.v1.UpdateTopicRequest;
import io.millrace.wire.StatusCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopicsAndPagesTest {
    private static final String PREFIX = "namespaces/default/topics/";

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    @Test
    void aTopicIsMadeDescribedChangedAndRemoved() {
        Topic made = topics().createTopic(create("ships", 2)).getTopic();
        assertThat(made.getName()).isEqualTo(PREFIX + "ships");
        assertThat(made.getPartitions()).isEqualTo(2);
        assertThat(made.getUid()).isNotEmpty();

        Topic changed = topics().updateTopic(UpdateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder()
                                .setName("ships")
                                .setPartitions(3)
                                .putConfig("retention.ms", "60000"))
                        .setUpdateMask(
                                FieldMask.newBuilder().addPaths("partitions").addPaths("config.retention.ms"))
                        .build())
                .getTopic();
        assertThat(changed.getPartitions()).isEqualTo(3);
        assertThat(changed.getConfigMap()).containsEntry("retention.ms", "60000");
        assertThat(topics().getTopic(get("ships")).getTopic()).isEqualTo(changed);

        topics().deleteTopic(DeleteTopicRequest.newBuilder().setName("ships").build());
        expect(Reason.TOPIC_NOT_FOUND, () -> topics().getTopic(get("ships")));
    }

    @Test
    void wrongRequestsAboutTopicsAreRefused() {
        expect(Reason.TOPIC_EXISTS, () -> topics().createTopic(create("orders", 1)));
        expect(Reason.TOPIC_NAME_INVALID, () -> topics().createTopic(create("no such name!", 1)));
        expect(Reason.TOPIC_NAME_INVALID, () -> topics().createTopic(CreateTopicRequest.getDefaultInstance()));
        expect(Reason.TOPIC_CONFIG_INVALID, () -> topics().createTopic(create("ships", -1)));
        expect(
                Reason.REQUEST_INVALID,
                () -> topics().updateTopic(UpdateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder().setName("orders"))
                        .build()));
        expect(
                Reason.REQUEST_INVALID,
                () -> topics().updateTopic(UpdateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder().setName("orders"))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("name"))
                        .build()));
        expect(
                Reason.REQUEST_INVALID,
                () -> topics().listTopics(
                                ListTopicsRequest.newBuilder().setPageSize(-1).build()));
        expect(
                Reason.TOPIC_NOT_FOUND,
                () -> topics().deleteTopic(
                                DeleteTopicRequest.newBuilder().setName("none").build()));
    }

    @Test
    void topicsOfKafkaAndOfMillraceAreNotMadeChangedOrRemovedHere() {
        expect(Reason.TOPIC_RESERVED, () -> topics().createTopic(create("__millrace_publishers", 1)));
        expect(
                Reason.TOPIC_RESERVED,
                () -> topics().updateTopic(UpdateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder().setName("__consumer_offsets"))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("config"))
                        .build()));
        expect(
                Reason.TOPIC_RESERVED,
                () -> topics().deleteTopic(DeleteTopicRequest.newBuilder()
                        .setName("namespaces/default/topics/__millrace_publishers")
                        .build()));
    }

    @Test
    void topicsAreListedInOrderPageByPage() {
        IntStream.range(0, 7).forEach(i -> broker.createTopic(new TopicName("list-" + i), 1));
        List<String> names = new ArrayList<>();
        String token = "";
        do {
            ListTopicsResponse page = topics().listTopics(ListTopicsRequest.newBuilder()
                    .setNamePrefix("list-")
                    .setPageSize(3)
                    .setPageToken(token)
                    .build());
            page.getTopicsList().forEach(topic -> names.add(topic.getName()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(names)
                .isEqualTo(IntStream.range(0, 7)
                        .mapToObj(i -> PREFIX + "list-" + i)
                        .toList());
    }

    @Test
    void theStatsOfATopicTellWhatItHoldsAndWhoReadsIt() {
        broker.append(0, 100);
        try (SubscribeCall call = SubscribeCall.open(broker.channel(), earliest())) {
            call.next(FrameCase.OPENED);
            call.numbers(100);
            call.next(FrameCase.CAUGHT_UP);
            GetTopicStatsResponse stats = topics().getTopicStats(
                            GetTopicStatsRequest.newBuilder().setName("orders").build());

            assertThat(stats.getSubscribers()).isEqualTo(1);
            assertThat(stats.getPartitions(0).getEarliestOffset()).isZero();
            assertThat(stats.getPartitions(0).getEndOffset()).isEqualTo(100);
            assertThat(stats.getPartitions(0).getRingBytes()).isPositive();
        }
    }

    @Test
    void historyIsReadPageByPageAndResumesAsASubscriptionWithoutAGap() {
        broker.append(0, 250);
        List<Integer> numbers = new ArrayList<>();
        String token = "";
        ReadResponse page;
        do {
            page = pages().read(ReadRequest.newBuilder()
                    .setSpec(spec(earliest()))
                    .setPageSize(100)
                    .setPageToken(token)
                    .build());
            page.getBatchesList().forEach(batch -> numbers.addAll(SubscribeCall.numbers(batch)));
            if (token.isEmpty()) {
                broker.append(1000, 1010); // comes after the end that the first page has fixed
            }
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(numbers).isEqualTo(IntStream.range(0, 250).boxed().toList());
        try (SubscribeCall call = SubscribeCall.open(broker.channel(), at(page.getCursor()))) {
            call.next(FrameCase.OPENED);
            assertThat(call.numbers(10))
                    .isEqualTo(IntStream.range(1000, 1010).boxed().toList());
        }
    }

    @Test
    void aPageOverSeveralPartitionsHoldsNoMoreThanAskedFor() {
        broker.createTopic(new TopicName("wide"), 3);
        broker.append(new TopicName("wide"), 0, 300);
        ReadSpec spec =
                ReadSpec.newBuilder().addTopics("wide").setStart(earliest()).build();
        int read = 0;
        String token = "";
        do {
            ReadResponse page = pages().read(ReadRequest.newBuilder()
                    .setSpec(spec)
                    .setPageSize(70)
                    .setPageToken(token)
                    .build());
            int events = page.getBatchesList().stream()
                    .mapToInt(EventBatch::getEventsCount)
                    .sum();
            assertThat(events).isBetween(1, 70);
            read += events;
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        assertThat(read).isEqualTo(300);
    }

    @Test
    void pagesOverTopicsAndPatternsHoldExactlyWhatMatchedWhenTheFirstWasRead() {
        for (int i = 0; i < 6; i++) {
            broker.createTopic(new TopicName("eu.shop" + i), 1 + i % 2);
            broker.append(new TopicName("eu.shop" + i), 0, 100);
        }
        broker.createTopic(new TopicName("us.shop"), 1);
        broker.append(new TopicName("us.shop"), 0, 100);
        broker.append(0, 100);
        ReadSpec spec = ReadSpec.newBuilder()
                .addAllTopics(List.of("orders", "eu.*"))
                .setStart(earliest())
                .build();

        Map<String, Integer> counts = counts(spec, 40, () -> {
            broker.createTopic(new TopicName("eu.late"), 1);
            broker.append(new TopicName("eu.late"), 0, 100);
            broker.append(100, 200);
            broker.log().topics().delete(new TopicName("eu.shop5")).block(BrokerFixture.PATIENCE);
        });

        assertThat(counts)
                .containsOnlyKeys("orders", "eu.shop0", "eu.shop1", "eu.shop2", "eu.shop3", "eu.shop4")
                .allSatisfy((topic, count) -> assertThat(count).isEqualTo(100));
    }

    @Test
    void pagesFromAnOffsetOfOnePartitionHoldThatPartitionOnly() {
        broker.createTopic(new TopicName("wide"), 3);
        broker.append(new TopicName("wide"), 0, 300);
        long end = broker.log()
                .bounds(new TopicPartition(new TopicName("wide"), 1))
                .block(BrokerFixture.PATIENCE)
                .end();
        StartPosition start = StartPosition.newBuilder()
                .setOffsets(StartPosition.Offsets.newBuilder()
                        .addPositions(Position.newBuilder().setPartition(1).setOffset(5)))
                .build();
        ReadSpec spec = ReadSpec.newBuilder().addTopics("wide").setStart(start).build();

        assertThat(counts(spec, 20, () -> {})).isEqualTo(Map.of("wide", (int) end - 5));
    }

    /** Reads page by page, and counts the events of each topic. */
    private Map<String, Integer> counts(ReadSpec spec, int pageSize, Runnable afterTheFirst) {
        Map<String, Integer> counts = new HashMap<>();
        ReadRequest.Builder request = ReadRequest.newBuilder().setSpec(spec).setPageSize(pageSize);
        ReadResponse page = pages().read(request.build());
        add(counts, page);
        afterTheFirst.run();
        while (!page.getNextPageToken().isEmpty()) {
            page = pages().read(request.setPageToken(page.getNextPageToken()).build());
            add(counts, page);
        }
        return counts;
    }

    private static void add(Map<String, Integer> counts, ReadResponse page) {
        page.getBatchesList()
                .forEach(batch -> counts.merge(
                        batch.getTopic().substring(PREFIX.length()), batch.getEventsCount(), Integer::sum));
    }

    @Test
    void wrongPagesAreRefused() {
        expect(
                Reason.REQUEST_INVALID,
                () -> pages().read(ReadRequest.newBuilder().setPageToken("%%%").build()));
        expect(
                Reason.REQUEST_INVALID,
                () -> pages().read(ReadRequest.newBuilder()
                        .setSpec(spec(earliest()))
                        .setPageSize(-1)
                        .build()));
        expect(
                Reason.TOPIC_NOT_FOUND,
                () -> pages().read(ReadRequest.newBuilder()
                        .setSpec(ReadSpec.newBuilder().addTopics("missing"))
                        .build()));
    }

    @Test
    void healthAndReflectionAnswer() {
        assertThat(HealthGrpc.newBlockingStub(broker.channel())
                        .check(HealthCheckRequest.newBuilder()
                                .setService("millrace.v1.SubscriberService")
                                .build())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThat(services())
                .contains(
                        "millrace.v1.PublisherService",
                        "millrace.v1.SubscriberService",
                        "millrace.v1.TopicService",
                        "grpc.health.v1.Health");
    }

    private List<String> services() {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(broker.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        answer.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> names = answer.join().getListServicesResponse().getServiceList().stream()
                .map(ServiceResponse::getName)
                .toList();
        requests.onCompleted();
        return names;
    }

    private TopicServiceGrpc.TopicServiceBlockingStub topics() {
        return TopicServiceGrpc.newBlockingStub(broker.channel());
    }

    private SubscriberServiceGrpc.SubscriberServiceBlockingStub pages() {
        return SubscriberServiceGrpc.newBlockingStub(broker.channel());
    }

    private static CreateTopicRequest create(String name, int partitions) {
        return CreateTopicRequest.newBuilder()
                .setTopic(Topic.newBuilder().setName(name).setPartitions(partitions))
                .build();
    }

    private static GetTopicRequest get(String name) {
        return GetTopicRequest.newBuilder().setName(name).build();
    }

    private static void expect(Reason reason, Runnable call) {
        Throwable failure = catchThrowable(call::run);
        assertThat(StatusCodec.toRefusal(failure))
                .hasValueSatisfying(refusal ->
                        assertThat(refusal.reason()).as(failure.getMessage()).isEqualTo(reason));
    }
}
