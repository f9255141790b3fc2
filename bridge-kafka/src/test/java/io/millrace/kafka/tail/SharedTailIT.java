// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.admin.TopicWatch;
import io.millrace.kafka.record.CheckedRecords;
import io.millrace.kafka.record.CorruptEvents;
import io.millrace.localkafka.testing.KafkaFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.subscriber.TestSubscriber;

class SharedTailIT {
    private static final CheckedRecords CHECKED = new CheckedRecords(new CorruptEvents(), () -> false);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition(new TopicName("shared-tail"), 0);
    private static final int EVENTS = 10;

    @RegisterExtension
    static final KafkaFixture kafka = KafkaFixture.shared();

    @Test
    void whoJoinsInTheMomentInWhichTheLastOneLeavesBeginsAtItsOwnPlace() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                TopicWatch watch = new TopicWatch(() -> admin);
                SharedTail shared = new SharedTail(consumerProperties(), watch)) {
            TopicView topic = newTopic(admin);
            produce();
            TestSubscriber<LogBatch> second = TestSubscriber.create();
            BaseSubscriber<LogBatch> first = new BaseSubscriber<>() {
                @Override
                protected void hookOnNext(LogBatch batch) {
                    if (batch.nextOffset() == EVENTS) {
                        // On the loop, which hears of both only after it has handed out this batch.
                        cancel();
                        shared.tail(topic, PARTITION, CHECKED, 4).subscribe(second);
                    }
                }
            };

            shared.tail(topic, PARTITION, CHECKED, 0).subscribe(first);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(offsets(second))
                            .containsExactlyElementsOf(
                                    LongStream.range(4, EVENTS).boxed().toList()));
            second.cancel();
        }
    }

    private static List<Long> offsets(TestSubscriber<LogBatch> subscriber) {
        return subscriber.getReceivedOnNext().stream()
                .flatMap(batch -> batch.events().stream())
                .map(StoredEvent::offset)
                .toList();
    }

    private static TopicView newTopic(Admin admin) throws InterruptedException, ExecutionException {
        String name = PARTITION.topic().value();
        return new TopicView(
                name,
                admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                        .topicId(name)
                        .get()
                        .toString(),
                1);
    }

    private static void produce() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < EVENTS; i++) {
                producer.send(new ProducerRecord<>(PARTITION.topic().value(), 0, null, new byte[i]));
            }
        }
    }

    private static Map<String, Object> consumerProperties() {
        return Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class,
                "auto.offset.reset",
                "none",
                "enable.auto.commit",
                false);
    }
}
