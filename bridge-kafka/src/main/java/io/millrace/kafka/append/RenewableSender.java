// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.internals.ProducerFactory;

/**
 * The sender of reactor-kafka with its one producer, which can be made anew: what the producer before has taken is
 * answered before another one is used, so events stay in order.
 */
final class RenewableSender implements AutoCloseable {
    private final SenderOptions<byte[], byte[]> options;

    /** Held while something is handed over, and while there is no producer to hand it to. */
    private final ReentrantLock handingOver = new ReentrantLock();

    private volatile Sender present;
    private boolean closed;

    /**
     * Opens a producer with the first that is handed over.
     *
     * @param closeTimeout how long {@link #close} waits for what is under way
     */
    RenewableSender(Map<String, Object> producerProperties, Duration closeTimeout) {
        this.options = SenderOptions.<byte[], byte[]>create(producerProperties)
                .maxInFlight(Integer.MAX_VALUE)
                .scheduler(Schedulers.immediate())
                .stopOnError(false)
                .closeTimeout(closeTimeout);
        this.present = new Sender(options);
    }

    /** Hands something over; from one thread, which may have to wait for the producer's memory. */
    void handOver(Consumer<KafkaSender<byte[], byte[]>> something) {
        handingOver.lock();
        try {
            something.accept(present.sender);
        } finally {
            handingOver.unlock();
        }
    }

    /**
     * Makes the producer anew. What the one before has under way has so long to be answered, and fails then; so does what
     * somebody cannot hand over to it.
     */
    synchronized void renew(Duration patience) {
        if (closed) {
            return;
        }
        boolean nobodyHandsOver = tryLock(patience);
        try {
            present.close(patience);
            present = new Sender(options);
        } finally {
            if (nobodyHandsOver) {
                handingOver.unlock();
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        present.sender.close();
    }

    private boolean tryLock(Duration patience) {
        try {
            return handingOver.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Keeps the producer, which reactor-kafka opens and does not show. */
    private static final class Sender extends ProducerFactory {
        private final KafkaSender<byte[], byte[]> sender;
        private volatile @Nullable Producer<?, ?> producer;

        Sender(SenderOptions<byte[], byte[]> options) {
            this.sender = KafkaSender.create(this, options);
        }

        @Override
        public <K, V> Producer<K, V> createProducer(SenderOptions<K, V> options) {
            Producer<K, V> created = super.createProducer(options);
            producer = created;
            return created;
        }

        void close(Duration patience) {
            Producer<?, ?> open = producer;
            if (open != null) {
                open.close(patience);
            }
            sender.close();
        }
    }
}
