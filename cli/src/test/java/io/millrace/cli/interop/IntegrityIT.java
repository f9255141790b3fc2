// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.consumers.SubscriptionBuilder;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.producers.Producer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Records on Kafka that are not what Millrace has written, as subscribers see them. */
class IntegrityIT {
    private static final Map<String, String> STRICT = Map.of("millrace.integrity", "strict");

    @RegisterExtension
    static final MillraceOnKafka millrace = new MillraceOnKafka();

    @Test
    void aCopyWithAnotherPayloadIsDeliveredWithAFlagLiveAndReplayed() {
        String topic = newTopic("flag", Map.of());
        Told live = new Told(millrace.connection(), topic);

        publish(topic, "a", "b");
        copy(topic, 1, topic, "changed");
        publish(topic, "c");
        copy(topic, 3, topic, null); // as it was: a copy in the same topic is sound

        List<String> expected = List.of("a@0", "b@1", "changed@2!", "c@3", "c@4");
        live.awaitAll(expected);
        assertThat(replayed(millrace.connection(), topic)).isEqualTo(expected);
    }

    @Test
    void inAStrictTopicItIsWithheldAndToldAsAGapBetweenItsNeighboursLiveAndReplayed() {
        String topic = newTopic("strict", STRICT);
        Told live = new Told(millrace.connection(), topic);

        publish(topic, "a", "b");
        copy(topic, 1, topic, "changed");
        copy(topic, 1, topic, "changed again");
        publish(topic, "c");

        assertThat(live.awaitEnd(5)).contains("a@0", "b@1", "c@4").allMatch(told -> !told.startsWith("changed"));
        assertThat(missing(live.all())).isEqualTo(2);
        assertThat(replayed(millrace.connection(), topic)).containsExactly("a@0", "b@1", "CORRUPT 2-4 (2)", "c@4");
        assertThat(replayed(millrace.connection(), topic, 3)).containsExactly("CORRUPT 3-4 (1)", "c@4");
    }

    @Test
    void aRecordInTheWrongTopicIsFoundAndOneOfAnotherProgramIsNot() {
        String right = newTopic("right", Map.of());
        String wrong = newTopic("wrong", STRICT);
        publish(right, "a", "b");
        copy(right, 0, wrong, null);
        produce(wrong, new RecordHeaders(), "native");
        copy(right, 1, wrong, null);

        assertThat(replayed(millrace.connection(), wrong))
                .containsExactly("CORRUPT 0-1 (1)", "native@1", "CORRUPT 2-3 (1)");
        assertThat(replayed(millrace.connection(), right)).containsExactly("a@0", "b@1");
    }

    @Test
    void sessionsAndAtomicBatchesWriteTheSumToo() {
        String topic = newTopic("session", STRICT);
        try (Producer producer = Producer.builder(millrace.connection(), topic)
                .exactlyOnce("p-" + System.nanoTime())
                .build()) {
            producer.publishAll(Flux.just(event("named"))).blockLast(MillraceOnKafka.PATIENCE);
        }
        assertThat(records(topic).get(0).headers().lastHeader("millrace-crc32c").value())
                .hasSize(8);
        copy(topic, 0, topic, "changed");
        assertThat(replayed(millrace.connection(), topic))
                .contains("named@0")
                .last()
                .asString()
                .startsWith("CORRUPT");
    }

    @Test
    void theHeaderOfTheSumIsNoHeaderOfTheEvent() {
        publish(millrace.topic(), "a");

        assertThat(records(millrace.topic()).get(0).headers().lastHeader("millrace-crc32c"))
                .isNotNull();
        assertThat(millrace.replayed())
                .singleElement()
                .satisfies(event -> assertThat(event.headers()).isEmpty());
    }

    @Test
    void aTopicStaysStrictOnEveryBrokerAndWhoeverLooksCounts() throws IOException {
        String topic = newTopic("lasting", STRICT);
        publish(topic, "a");
        copy(topic, 0, topic, "changed");
        try (KafkaEventLog log = KafkaEventLog.connect(KafkaLogConfig.of(millrace.bootstrapServers()));
                Broker broker = Broker.builder().log(log).port(0).start();
                MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + broker.port())) {
            assertThat(replayed(connection, topic)).containsExactly("a@0", "CORRUPT 1-2 (1)");
            assertThat(log.corruptEvents()).isEqualTo(1);
            assertThat(describe(connection, topic).config()).containsAllEntriesOf(STRICT);
        }
    }

    @Test
    void aTopicThatIsMadeAgainIsNotStrictAnyMore() {
        String topic = newTopic("again", STRICT);
        assertThat(describe(millrace.connection(), topic).config()).containsAllEntriesOf(STRICT);
        TopicName name = new TopicName(topic);
        millrace.connection().topics().delete(name).block(MillraceOnKafka.PATIENCE);
        millrace.connection().topics().create(TopicSpec.of(name)).block(MillraceOnKafka.PATIENCE);

        publish(topic, "a");
        copy(topic, 0, topic, "changed");

        assertThat(replayed(millrace.connection(), topic)).containsExactly("a@0", "changed@1!");
        assertThat(describe(millrace.connection(), topic).config()).doesNotContainKey("millrace.integrity");
    }

    @Test
    void theSettingIsFlagOrStrictCannotChangeAndIsKeptOutOfSight() {
        String topic = newTopic("setting", STRICT);
        refuses(() -> newTopic("wrong-value", Map.of("millrace.integrity", "lenient")));
        refuses(() -> newTopic("wrong-name", Map.of("millrace.integrety", "strict")));
        refuses(() -> update(topic, Map.of("millrace.integrity", "flag"), Set.of()));
        refuses(() -> update(topic, Map.of(), Set.of("millrace.integrity")));

        assertThat(update(topic, Map.of("millrace.integrity", "strict", "retention.ms", "60000"), Set.of())
                        .config())
                .containsAllEntriesOf(STRICT)
                .containsEntry("retention.ms", "60000");
        assertThat(millrace.connection()
                        .topics()
                        .list()
                        .map(TopicInfo::name)
                        .collectList()
                        .block(MillraceOnKafka.PATIENCE))
                .contains(new TopicName(topic))
                .noneMatch(TopicName::isInternal);
    }

    private static void refuses(Runnable call) {
        Assertions.assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        refused -> assertThat(refused.reason()).contains(Reason.TOPIC_CONFIG_INVALID));
    }

    private static TopicInfo update(String topic, Map<String, String> set, Set<String> reset) {
        return millrace.connection()
                .topics()
                .update(new TopicName(topic), new TopicUpdate(OptionalInt.empty(), set, reset))
                .block(MillraceOnKafka.PATIENCE);
    }

    private static TopicInfo describe(MillraceConnection connection, String topic) {
        return connection.topics().get(new TopicName(topic)).block(MillraceOnKafka.PATIENCE);
    }

    private static String newTopic(String name, Map<String, String> config) {
        String topic = name + "-" + Long.toHexString(System.nanoTime());
        millrace.connection()
                .topics()
                .create(new TopicSpec(new TopicName(topic), 1, 0, config))
                .block(MillraceOnKafka.PATIENCE);
        return topic;
    }

    private static void publish(String topic, String... data) {
        try (Producer producer = Producer.to(millrace.connection(), topic)) {
            producer.publishAll(Flux.fromArray(data).map(IntegrityIT::event)).blockLast(MillraceOnKafka.PATIENCE);
        }
    }

    private static Event event(String data) {
        return Event.builder().key("k").data(data).build();
    }

    /** As a program does that copies records with their headers, and may change the value on the way. */
    private static void copy(String from, int offset, String to, @Nullable String newValue) {
        ConsumerRecord<byte[], byte[]> record = records(from).get(offset);
        produce(to, record.headers(), newValue == null ? new String(record.value(), StandardCharsets.UTF_8) : newValue);
    }

    private static void produce(String topic, Headers headers, String value) {
        byte[] key = "k".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", millrace.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, key, value.getBytes(StandardCharsets.UTF_8), headers));
        }
    }

    /** All records, transactions' markers aside. */
    private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", millrace.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(MillraceOnKafka.PATIENCE).forEach(records::add);
            }
        }
        return records;
    }

    private static List<String> replayed(MillraceConnection connection, String topic) {
        return replayed(connection, topic, 0);
    }

    private static List<String> replayed(MillraceConnection connection, String topic, long offset) {
        List<String> told = new CopyOnWriteArrayList<>();
        Consumer.on(connection)
                .subscribe(topic)
                .fromOffset(0, offset)
                .untilLiveEnd()
                .onSignal(signal -> Told.add(told, signal))
                .events()
                .doOnNext(event -> Told.add(told, event))
                .blockLast(MillraceOnKafka.PATIENCE);
        return told;
    }

    private static int missing(List<String> told) {
        return told.stream()
                .filter(what -> what.startsWith("CORRUPT"))
                .mapToInt(what -> Integer.parseInt(what.replaceAll(".*\\((\\d+)\\)", "$1")))
                .sum();
    }

    /** What a live subscriber has been told, events and gaps in order. */
    private static final class Told {
        private final List<String> told = new CopyOnWriteArrayList<>();
        private final Disposable subscription;

        Told(MillraceConnection connection, String topic) {
            CompletableFuture<Void> live = new CompletableFuture<>();
            SubscriptionBuilder builder = Consumer.on(connection)
                    .subscribe(topic)
                    .fromNow()
                    .onSignal(signal -> {
                        add(told, signal);
                        if (signal instanceof Signal.CaughtUp) {
                            live.complete(null);
                        }
                    });
            subscription = builder.events().subscribe(event -> add(told, event));
            live.join();
        }

        static void add(List<String> told, Signal signal) {
            if (signal instanceof Signal.Gap gap) {
                told.add(gap.reason() + " " + gap.fromOffset() + "-" + gap.toOffset() + " ("
                        + gap.events().orElseThrow() + ")");
            }
        }

        static void add(List<String> told, ReceivedEvent event) {
            told.add(event.event().data().utf8() + "@" + event.offset() + (event.checksumFailed() ? "!" : ""));
        }

        List<String> all() {
            return told;
        }

        void awaitAll(List<String> expected) {
            await().atMost(MillraceOnKafka.PATIENCE)
                    .untilAsserted(() -> assertThat(told).isEqualTo(expected));
            subscription.dispose();
        }

        /** Waits for the event before this offset. */
        List<String> awaitEnd(long offset) {
            await().atMost(MillraceOnKafka.PATIENCE)
                    .until(() -> told.stream().anyMatch(what -> what.endsWith("@" + (offset - 1))));
            subscription.dispose();
            return told;
        }
    }
}
