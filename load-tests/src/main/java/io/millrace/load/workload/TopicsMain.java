// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.sample.SampleEvents;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import reactor.core.Disposable;

/**
 * A broker over a memory log with many topics, of which the first hundred are written and read. Says the bytes of heap
 * that are in use then, after garbage collection.
 */
public final class TopicsMain {
    static final int IN_USE = 100;

    private static final int EVENTS = 200;
    private static final int COLLECTIONS = 3;
    private static final long PATIENCE_SECONDS = 30;

    private TopicsMain() {}

    /** Makes as many topics as the argument says. */
    public static void main(String[] arguments) throws IOException {
        int topics = Integer.parseInt(arguments[0]);
        try (MemoryEventLog log = MemoryEventLog.create();
                Broker broker = Broker.builder().log(log).port(0).start();
                MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + broker.port())) {
            IntStream.range(0, topics)
                    .forEach(i ->
                            log.topics().create(TopicSpec.of(topic(i)), false).block());
            List<Disposable> readers = IntStream.range(0, IN_USE)
                    .mapToObj(i -> use(log, connection, topic(i)))
                    .toList();
            System.out.println(heapBytes());
            System.out.flush();
            readers.forEach(Disposable::dispose);
        }
        System.exit(0);
    }

    private static TopicName topic(int number) {
        return new TopicName("topic-" + number);
    }

    /** Written, and read to the end by a subscriber that stays. */
    private static Disposable use(MemoryEventLog log, MillraceConnection connection, TopicName topic) {
        Objects.requireNonNull(
                log.append(topic, new SampleEvents().between(0, EVENTS)).block());
        CountDownLatch toCome = new CountDownLatch(EVENTS);
        Disposable subscription = Consumer.on(connection)
                .subscribe(topic.value())
                .fromBeginning()
                .events()
                .subscribe(event -> toCome.countDown());
        try {
            if (!toCome.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || subscription.isDisposed()) {
                throw new IllegalStateException(toCome.getCount() + " events of " + topic + " have not come");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return subscription;
    }

    private static long heapBytes() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
