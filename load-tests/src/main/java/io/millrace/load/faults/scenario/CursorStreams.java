// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.SubscriptionBuilder;
import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.faults.Patience;
import io.millrace.producers.Producer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import reactor.core.publisher.Flux;

/**
 * Topics with events in them, some stored in transactions, and streams over one or several of them. All methods block.
 * Safe from any thread once published.
 */
final class CursorStreams implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One of one partition, one of several, and two that a pattern brings in. */
    private static final List<TopicSpec> TOPICS =
            List.of(topic("cursors-one", 1), topic("cursors-four", 4), topic("cursors.x", 2), topic("cursors.y", 3));

    private static final List<List<String>> STREAMS = List.of(
            List.of("cursors-one"),
            List.of("cursors-four"),
            List.of("cursors-four", "cursors-one"),
            List.of("cursors.*"),
            List.of("cursors-one", "cursors.>"));

    /** Most events on their way, so that batches are of one event or of many. */
    private static final int[] CREDITS = {1, 9, 100, 8_192};

    private static final int EVENTS_OF_EACH = 400;
    private static final int KEYS = 64;
    private static final int LARGEST_FRAME_EVENTS = 40;

    private final List<MillraceConnection> connections;
    private final KnownEvents events;
    private int publications;

    private CursorStreams(long seed, List<MillraceConnection> connections) {
        this.connections = connections;
        this.events = new KnownEvents(seed, KEYS);
    }

    /** Makes the topics and fills them. The connections become its own. */
    static CursorStreams publish(long seed, List<MillraceConnection> connections) {
        CursorStreams streams = new CursorStreams(seed, connections);
        for (TopicSpec topic : TOPICS) {
            streams.create(topic.name().value(), topic.partitions());
            streams.publishTo(topic.name().value(), EVENTS_OF_EACH);
        }
        return streams;
    }

    /** Each stream read to its end with each credit. */
    List<RecordedPass> passes() {
        List<RecordedPass> passes = new ArrayList<>();
        for (List<String> topics : STREAMS) {
            for (int credit : CREDITS) {
                passes.add(RecordedPass.record(
                        topics, subscribe(passes.size(), topics).creditEvents(credit)));
            }
        }
        return passes;
    }

    /** Makes one more topic. */
    void create(String name, int partitions) {
        connections.get(0).topics().create(topic(name, partitions)).block(PATIENCE);
    }

    /** Removes a topic. */
    void delete(String name) {
        connections.get(0).topics().delete(new TopicName(name)).block(PATIENCE);
    }

    /** Half of it by a publisher with a name, whose transactions leave holes between the offsets. All can be read then. */
    void publishTo(String topic, int count) {
        publish(Producer.builder(connections.get(0), topic).maxBatchEvents(LARGEST_FRAME_EVENTS), count / 2);
        publish(
                Producer.builder(connections.get(1), topic)
                        .maxBatchEvents(LARGEST_FRAME_EVENTS)
                        .exactlyOnce("cursors-" + publications),
                count - count / 2);
        awaitReadable(topic, count);
    }

    /** A transaction can be read a moment after its acknowledgement. */
    private void awaitReadable(String topic, int count) {
        boolean came = Patience.until(
                () -> subscribe(0, List.of(topic))
                                .fromBeginning()
                                .untilLiveEnd()
                                .events()
                                .count()
                                .blockOptional(PATIENCE)
                                .orElse(0L)
                        >= count,
                PATIENCE);
        if (!came) {
            throw new IllegalStateException(count + " events of " + topic + " cannot be read");
        }
    }

    /** A subscription at one of the brokers. */
    SubscriptionBuilder subscribe(int broker, List<String> topics) {
        return Consumer.on(connections.get(broker % connections.size())).subscribe(topics.toArray(String[]::new));
    }

    /** The same at any broker. */
    SubscriptionBuilder subscribe(SplittableRandom random, List<String> topics) {
        return subscribe(random.nextInt(connections.size()), topics);
    }

    @Override
    public void close() {
        connections.forEach(MillraceConnection::close);
    }

    private void publish(Producer.Builder builder, int count) {
        int publisher = publications++;
        Producer producer = builder.build();
        Flux<Event> source =
                Flux.range(0, count).map(sequence -> events.event(KnownEvents.number(publisher, sequence)));
        producer.publishAll(source).then().block(PATIENCE);
        producer.close();
    }

    private static TopicSpec topic(String name, int partitions) {
        return TopicSpec.of(new TopicName(name)).withPartitions(partitions);
    }
}
