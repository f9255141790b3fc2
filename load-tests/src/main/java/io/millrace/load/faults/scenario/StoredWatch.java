// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.core.event.Bytes;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.faults.TruthReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Kafka's own consumer, which reads a topic from the beginning all the time, committed records only: it tells what is
 * really there. Its thread reads; anybody may ask.
 */
final class StoredWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration END_PATIENCE = Duration.ofSeconds(10);

    private final KnownEvents events;
    private final AtomicIntegerArray storedOfPublisher;
    private final Thread thread;
    private volatile boolean closed;

    private StoredWatch(String kafka, String topic, int partitions, KnownEvents events, int publishers) {
        this.events = events;
        this.storedOfPublisher = new AtomicIntegerArray(publishers);
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        this.thread = new Thread(() -> watch(kafka, all), "stored-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins to watch. */
    static StoredWatch on(String kafka, String topic, int partitions, KnownEvents events, int publishers) {
        return new StoredWatch(kafka, topic, partitions, events, publishers);
    }

    /** How many records of a publisher have been seen. */
    int stored(int publisher) {
        return storedOfPublisher.get(publisher);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(END_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(String kafka, List<TopicPartition> partitions) {
        try (KafkaConsumer<byte[], byte[]> consumer = TruthReader.consumer(kafka)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    seen(events.recognise(Bytes.wrapNullable(record.key()), Bytes.wrapNullable(record.value())));
                }
            }
        }
    }

    private void seen(long number) {
        if (number != KnownEvents.CORRUPT) {
            storedOfPublisher.incrementAndGet(KnownEvents.producer(number));
        }
    }
}
