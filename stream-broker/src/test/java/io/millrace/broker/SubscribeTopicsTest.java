// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.at;
import static io.millrace.broker.SubscribeCall.earliest;
import static io.millrace.broker.SubscribeCall.latest;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.millrace.broker.limits.TopicLimits;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.Credit;
import io.millrace.v1.Cursor;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Place;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.v1.TailRequest;
import io.millrace.v1.TailResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several topics and patterns on one stream. Every call checks the chain of each partition of each topic. */
class SubscribeTopicsTest {
    private static final int MOST_PARTITIONS = 120;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture(
            BrokerFixture.quick().withTopics(new TopicLimits(MOST_PARTITIONS, Duration.ofMillis(50))));

    @Test
    void fiftyTopicsThatMatchAreReadWholeAndTheOthersAreNot() {
        for (int i = 0; i < 50; i++) {
            broker.createTopic(new TopicName("eu.shop" + i), 1 + i % 3);
            broker.append(new TopicName("eu.shop" + i), 0, 100 + i);
        }
        broker.createTopic(new TopicName("us.shop"), 1);
        broker.append(new TopicName("us.shop"), 0, 10);
        SubscribeCall call = open(earliest(), "eu.*", "eu.shop7", "orders", "orders");

        assertThat(call.next(FrameCase.OPENED).getOpened().getStart().getPlacesCount())
                .isEqualTo(100);
        Map<String, Integer> counts =
                counts(call, IntStream.range(0, 50).map(i -> 100 + i).sum());
        assertThat(counts).hasSize(50).doesNotContainKey("us.shop");
        IntStream.range(0, 50).forEach(i -> assertThat(counts).containsEntry("eu.shop" + i, 100 + i));
        call.next(FrameCase.CAUGHT_UP);
    }

    @Test
    void aTopicThatComesToMatchIsReadFromItsBeginningAndOneThatGoesLeavesTheOthersAlone() {
        SubscribeCall call = open(latest(), "eu.*");
        assertThat(call.next(FrameCase.OPENED).getOpened().getStart().getPlacesCount())
                .isZero();
        call.next(FrameCase.CAUGHT_UP);
        for (int i = 0; i < 5; i++) {
            broker.createTopic(new TopicName("eu.shop" + i), 2);
            broker.append(new TopicName("eu.shop" + i), 0, 40);
        }
        assertThat(counts(call, 200))
                .hasSize(5)
                .allSatisfy((topic, count) -> assertThat(count).isEqualTo(40));

        TopicName again = new TopicName("eu.shop3");
        broker.log().topics().delete(again).block(BrokerFixture.PATIENCE);
        broker.createTopic(again, 1);
        broker.append(again, 0, 7);
        broker.append(new TopicName("eu.shop1"), 40, 45);
        assertThat(counts(call, 12)).isEqualTo(Map.of("eu.shop3", 7, "eu.shop1", 5));
    }

    @Test
    void aNamedTopicThatIsDeletedEndsTheStream() {
        broker.createTopic(new TopicName("eu.shop"), 1);
        SubscribeCall call = open(latest(), "eu.shop", "*.*");
        call.next(FrameCase.OPENED);
        broker.log().topics().delete(new TopicName("eu.shop")).block(BrokerFixture.PATIENCE);

        assertThat(call.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aCursorOverManyTopicsResumesEachAndReadsWhatCameSinceFromItsBeginning() {
        Map<String, Integer> all = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            broker.createTopic(new TopicName("eu.shop" + i), 2);
            broker.append(new TopicName("eu.shop" + i), 0, 50);
            all.put("eu.shop" + i, 50);
        }
        Map<String, Place> places = new HashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        try (SubscribeCall first = SubscribeCall.on(broker.channel())
                .open(
                        spec(earliest(), "eu.>"),
                        Credit.newBuilder().setEvents(77).build())) {
            remember(places, first.next(FrameCase.OPENED).getOpened().getStart());
            for (int got = 0; got < 77; ) {
                EventBatch batch = first.next(FrameCase.BATCH).getBatch();
                remember(places, Cursor.newBuilder().addPlaces(batch.getPlace()).build());
                counts.merge(topicOf(batch), batch.getEventsCount(), Integer::sum);
                got += batch.getEventsCount();
            }
        }
        broker.createTopic(new TopicName("eu.new"), 1);
        broker.append(new TopicName("eu.new"), 0, 9);
        all.put("eu.new", 9);
        SubscribeCall second =
                open(at(Cursor.newBuilder().addAllPlaces(places.values()).build()), "eu.>");
        second.next(FrameCase.OPENED);
        counts(second, 200 + 9 - 77).forEach((topic, count) -> counts.merge(topic, count, Integer::sum));

        assertThat(counts).isEqualTo(all);
    }

    @Test
    void aCursorThatIsMeantToBeAllReadsNoPartitionThatItDoesNotKnow() {
        for (int i = 0; i < 3; i++) {
            broker.createTopic(new TopicName("eu.shop" + i), 1);
            broker.append(new TopicName("eu.shop" + i), 0, 10);
        }
        Cursor all;
        try (SubscribeCall first = open(earliest(), "eu.*")) {
            all = first.next(FrameCase.OPENED).getOpened().getStart();
        }
        Cursor.Builder some = Cursor.newBuilder();
        all.getPlacesList().stream()
                .filter(place -> !place.getTopic().endsWith("shop1"))
                .forEach(some::addPlaces);
        broker.log().topics().delete(new TopicName("eu.shop2")).block(BrokerFixture.PATIENCE);
        StartPosition start =
                StartPosition.newBuilder().setCursor(some).setPlacesOnly(true).build();

        SubscribeCall call = open(start, "eu.*");
        assertThat(call.next(FrameCase.OPENED).getOpened().getStart().getPlacesList())
                .extracting(Place::getTopic)
                .containsExactly("namespaces/default/topics/eu.shop0");
        broker.createTopic(new TopicName("eu.late"), 1);
        broker.append(new TopicName("eu.late"), 0, 10);
        broker.append(new TopicName("eu.shop0"), 10, 15);
        assertThat(counts(call, 15)).isEqualTo(Map.of("eu.shop0", 15));

        broker.log().topics().delete(new TopicName("eu.shop0")).block(BrokerFixture.PATIENCE);
        assertThat(open(start, "eu.*").end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(open(latest().toBuilder().setPlacesOnly(true).build(), "eu.*")
                        .end()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void aTailReadsTopicsAndPatternsAsASubscriptionDoes() {
        broker.createTopic(new TopicName("eu.shop"), 2);
        broker.append(new TopicName("eu.shop"), 0, 100);
        broker.append(0, 50);
        ManagedChannel channel = broker.newChannel();
        Iterator<TailResponse> frames = SubscriberServiceGrpc.newBlockingStub(channel)
                .tail(TailRequest.newBuilder()
                        .setSpec(spec(earliest(), "orders", "eu.*"))
                        .build());
        assertThat(tailed(frames, 150)).isEqualTo(Map.of("eu.shop", 100, "orders", 50));

        broker.createTopic(new TopicName("eu.late"), 3);
        broker.append(new TopicName("eu.late"), 0, 60);
        broker.log().topics().delete(new TopicName("eu.shop")).block(BrokerFixture.PATIENCE);
        assertThat(tailed(frames, 60)).isEqualTo(Map.of("eu.late", 60));
        broker.append(50, 60);
        assertThat(tailed(frames, 10)).isEqualTo(Map.of("orders", 10));
        channel.shutdownNow();
    }

    private static Map<String, Integer> tailed(Iterator<TailResponse> frames, int events) {
        Map<String, Integer> counts = new HashMap<>();
        for (int got = 0; got < events; ) {
            SubscribeResponse frame = frames.next().getResponse();
            if (frame.hasBatch()) {
                got += frame.getBatch().getEventsCount();
                counts.merge(topicOf(frame.getBatch()), frame.getBatch().getEventsCount(), Integer::sum);
            }
        }
        return counts;
    }

    @Test
    void aPartitionWithALotOfDataDoesNotKeepTheOthersWaiting() {
        TopicName busy = new TopicName("eu.busy");
        broker.createTopic(busy, 1);
        broker.append(busy, 0, 50_000);
        for (int i = 0; i < 9; i++) {
            broker.createTopic(new TopicName("eu.quiet" + i), 1);
            broker.append(new TopicName("eu.quiet" + i), 0, 10);
        }
        SubscribeCall call = open(earliest(), "eu.*");
        call.next(FrameCase.OPENED);
        int busyBatches = 0;
        for (int quiet = 0; quiet < 90; ) {
            SubscribeResponse frame = call.next();
            if (frame.hasBatch() && topicOf(frame.getBatch()).equals("eu.busy")) {
                busyBatches++;
            } else if (frame.hasBatch()) {
                quiet += frame.getBatch().getEventsCount();
            }
        }

        assertThat(busyBatches)
                .as("batches of the busy one before the last of the quiet ones")
                .isLessThan(20);
    }

    @Test
    void moreTopicsThanAStreamMayReadAreRefusedAlsoWhenTheyComeLater() {
        broker.createTopic(new TopicName("wide.a"), MOST_PARTITIONS);
        SubscribeCall call = open(latest(), "wide.*");
        call.next(FrameCase.OPENED);
        broker.createTopic(new TopicName("wide.b"), 1);

        assertThat(call.end().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(open(latest(), "wide.*").end().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    private SubscribeCall open(StartPosition start, String... topics) {
        return SubscribeCall.on(broker.channel()).open(spec(start, topics), null);
    }

    private static ReadSpec spec(StartPosition start, String... topics) {
        return ReadSpec.newBuilder()
                .addAllTopics(List.of(topics))
                .setStart(start)
                .build();
    }

    private static void remember(Map<String, Place> places, Cursor cursor) {
        cursor.getPlacesList().forEach(place -> places.put(place.getTopic() + place.getPartition(), place));
    }

    private static Map<String, Integer> counts(SubscribeCall call, int events) {
        Map<String, Integer> counts = new HashMap<>();
        for (int got = 0; got < events; ) {
            SubscribeResponse frame = call.next();
            if (frame.hasBatch()) {
                got += frame.getBatch().getEventsCount();
                counts.merge(topicOf(frame.getBatch()), frame.getBatch().getEventsCount(), Integer::sum);
            }
        }
        return counts;
    }

    private static String topicOf(EventBatch batch) {
        return batch.getTopic().substring(batch.getTopic().lastIndexOf('/') + 1);
    }
}
