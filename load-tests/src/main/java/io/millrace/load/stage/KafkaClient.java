// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.core.event.Event;
import io.millrace.core.log.StoredEvent;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.kafka.record.EventRecord;
import io.millrace.load.sample.SampleEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's own clients: producers, consumers with their defaults and a thread each, and every record made the event that
 * Millrace makes of it.
 */
final class KafkaClient implements Client {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaLogConfig config;
    private final ExecutorService readers = Executors.newCachedThreadPool();

    KafkaClient(String bootstrapServers) {
        this.config = KafkaLogConfig.of(bootstrapServers);
    }

    @Override
    public Done publish(Work.Publish work) {
        SampleEvents samples = new SampleEvents(work.dataBytes());
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = tunedProducer()) {
            send(producer, work, samples.at(0), failure);
            producer.flush();
            long startNanos = System.nanoTime();
            for (int i = 1; i <= work.events(); i++) {
                send(producer, work, samples.at(i), failure);
            }
            producer.flush();
            long nanos = System.nanoTime() - startNanos;
            requireNone(failure);
            return Done.unpaced(nanos, work.events(), Counts.NONE);
        }
    }

    @Override
    public Done publish(Work.Requests work) {
        throw new UnsupportedOperationException("Kafka's clients make no requests of events");
    }

    @Override
    public Done replay(Work.Replay work) {
        SampleEvents samples = new SampleEvents(work.dataBytes());
        List<OrderCheck> checks = Stream.generate(() -> new OrderCheck(samples, 0))
                .limit(work.readers())
                .toList();
        long startNanos = System.nanoTime();
        await(checks.stream()
                .map(check -> readers.submit(() -> replay(work, check)))
                .toList());
        long nanos = System.nanoTime() - startNanos;
        return Done.replayed(work, nanos, checks);
    }

    private void replay(Work.Replay work, OrderCheck check) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(work, 0)) {
            while (check.passed() < work.events()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    StoredEvent stored = EventRecord.stored(record);
                    check.received(stored.offset(), stored.event());
                }
            }
        }
    }

    @Override
    public Done live(Work.Live work) {
        SampleEvents samples = new SampleEvents();
        LiveRun run = new LiveRun(work, samples);
        CountDownLatch notOpened = new CountDownLatch(work.subscribers());
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        List<Future<?>> reading = new ArrayList<>();
        for (LiveReader reader : run.readers()) {
            reading.add(readers.submit(() -> receive(work, run, reader, notOpened, () -> ended.getCount() > 0)));
        }
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            producer.partitionsFor(work.topic());
            notOpened.await();
            Done done = run.run(number -> {
                send(producer, work, samples.at(work.from() + number), failure);
                return true;
            });
            requireNone(failure);
            return done;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            ended.countDown();
            await(reading);
        }
    }

    private void receive(
            Work.Live work, LiveRun run, LiveReader reader, CountDownLatch notOpened, BooleanSupplier isWanted) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(work, work.from())) {
            consumer.poll(Duration.ZERO);
            notOpened.countDown();
            while (isWanted.getAsBoolean()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    StoredEvent stored = EventRecord.stored(record);
                    reader.received(stored.offset(), stored.event());
                }
            }
        } catch (RuntimeException e) {
            notOpened.countDown();
            run.fail(e);
        }
    }

    /** Tuned as the bridge tunes its own. */
    private KafkaProducer<byte[], byte[]> tunedProducer() {
        return producer(Map.of(
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                KafkaLogConfig.REQUESTS_IN_FLIGHT,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                config.bufferBytes()));
    }

    /** With the bridge's durability, linger and size of batches, else with Kafka's defaults. */
    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers(),
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
                ProducerConfig.BATCH_SIZE_CONFIG, config.batchBytes(),
                ProducerConfig.LINGER_MS_CONFIG, config.linger().toMillis()));
        properties.putAll(more);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(Work work, long from) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        config.bootstrapServers(),
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(work.topic(), 0);
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        return consumer;
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            Work work,
            Event event,
            AtomicReference<@Nullable Exception> failure) {
        producer.send(EventRecord.of(work.topic(), event), (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        });
    }

    private static void requireNone(AtomicReference<@Nullable Exception> failure) {
        Exception cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("Kafka did not take every event", cause);
        }
    }

    private static void await(List<? extends Future<?>> all) {
        try {
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a reader failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
