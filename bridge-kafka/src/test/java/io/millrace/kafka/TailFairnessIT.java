// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.localkafka.testing.KafkaFixture;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** The partitions of the shared tail do not hold each other up, whatever a native producer does to one of them. */
class TailFairnessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int FEW = 20;
    private static final int RECORD_BYTES = 1_000;
    private static final long BUFFER_BYTES = 2 << 20;

    /** How much later than at a native consumer of its own an event may come, beside an equal delay there. */
    private static final long ALLOWED_NANOS = Duration.ofMillis(250).toNanos();

    @RegisterExtension
    static final KafkaFixture kafka = KafkaFixture.shared();

    private final AtomicBoolean flooding = new AtomicBoolean(true);
    private final AtomicLong floodedTo = new AtomicLong();
    private final AtomicLong floodSeen = new AtomicLong();
    private KafkaEventLog log;

    @BeforeEach
    void connect() {
        log = KafkaEventLog.connect(KafkaLogConfig.of(kafka.bootstrapServers()));
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void aPartitionThatIsFloodedDoesNotHoldUpOneWithFewEvents() {
        Delays delays = delaysBeside("flooded", Long.MAX_VALUE);

        assertThat(floodSeen.get()).as("the flood was being read").isGreaterThan(10_000);
        assertThat(delays.tail()).isLessThan(4 * delays.nativeConsumer() + ALLOWED_NANOS);
    }

    @Test
    void aPartitionWhoseReaderAsksForNothingHoldsNobodyUp() {
        Delays delays = delaysBeside("stalled", 1);

        assertThat(floodSeen.get()).as("only the place was asked for").isZero();
        assertThat(delays.tail()).isLessThan(4 * delays.nativeConsumer() + ALLOWED_NANOS);
    }

    /** How long nine in ten of the few events took at most, in nanoseconds. */
    private record Delays(long tail, long nativeConsumer) {}

    /** Follows both partitions, floods the first, and sends a few events to the second, one when the last has arrived. */
    private Delays delaysBeside(String name, long demandThere) {
        TopicName topic = new TopicName("fairness-" + name);
        log.topics().create(new TopicSpec(topic, 2, 0, Map.of()), false).block(PATIENCE);
        BlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
        follow(new TopicPartition(topic, 0), demandThere, events -> floodSeen.addAndGet(events));
        follow(new TopicPartition(topic, 1), Long.MAX_VALUE, events -> arrivals.add(System.nanoTime()));
        CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> flood(topic));
        try (KafkaProducer<byte[], byte[]> producer = producer();
                NativeReader reader = new NativeReader(topic)) {
            await().atMost(PATIENCE).until(() -> floodedTo.get() > 10_000);
            return delays(topic, producer, arrivals, reader);
        } finally {
            flooding.set(false);
            flood.join();
        }
    }

    private static Delays delays(
            TopicName topic,
            KafkaProducer<byte[], byte[]> producer,
            BlockingQueue<Long> arrivals,
            NativeReader reader) {
        long[] tail = new long[FEW];
        long[] natively = new long[FEW];
        for (int i = 0; i < FEW; i++) {
            long sentNanos = System.nanoTime();
            producer.send(record(topic, 1));
            tail[i] = take(arrivals) - sentNanos;
            natively[i] = take(reader.arrivals) - sentNanos;
        }
        return new Delays(nineInTen(tail), nineInTen(natively));
    }

    private void flood(TopicName topic) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            while (flooding.get()) {
                producer.send(record(topic, 0));
                floodedTo.incrementAndGet();
            }
        }
    }

    /** Follows, and returns when the tail has said where it begins. */
    private void follow(TopicPartition partition, long demand, IntConsumer taken) {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        log.tail(partition).subscribe(new BaseSubscriber<LogBatch>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(demand);
            }

            @Override
            protected void hookOnNext(LogBatch batch) {
                begun.complete(null);
                if (!batch.events().isEmpty()) {
                    taken.accept(batch.events().size());
                }
            }
        });
        begun.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static long take(BlockingQueue<Long> arrivals) {
        try {
            Long arrival = arrivals.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(arrival).as("an arrival").isNotNull();
            return arrival;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long nineInTen(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length * 9 / 10];
    }

    /** A consumer that follows the partition with few events alone. */
    private static final class NativeReader implements AutoCloseable {
        final BlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
        private final AtomicBoolean open = new AtomicBoolean(true);
        private final CompletableFuture<Void> placed = new CompletableFuture<>();
        private final CompletableFuture<Void> reading;

        NativeReader(TopicName topic) {
            this.reading = CompletableFuture.runAsync(() -> read(topic));
            placed.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }

        private void read(TopicName topic) {
            var partition = new org.apache.kafka.common.TopicPartition(topic.value(), 1);
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers()),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                consumer.assign(Set.of(partition));
                consumer.seekToEnd(Set.of(partition));
                consumer.position(partition);
                placed.complete(null);
                while (open.get()) {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> arrivals.add(System.nanoTime()));
                }
            }
        }

        @Override
        public void close() {
            open.set(false);
            reading.join();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "buffer.memory", BUFFER_BYTES),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(TopicName topic, int partition) {
        return new ProducerRecord<>(topic.value(), partition, null, new byte[RECORD_BYTES]);
    }
}
