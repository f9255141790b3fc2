// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.internals.ProducerFactory;

/**
 * The sender of reactor-kafka with its one producer, which can be made anew: what the one before has under way ends before
 * anything is handed to the next, so events stay in order.
 */
final class RenewableSender implements AutoCloseable {
    /* Notes. reactor-kafka hands records to the producer on a thread of its own, and a sender that is closed forgets those
     * that this thread has not come to. So a sender is closed only when all its appends have ended, if need be with the
     * error of a producer that is closed.
     */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration FAILING = Duration.ofSeconds(1);

    private final SenderOptions<byte[], byte[]> options;
    private final Duration closeTimeout;
    private final AtomicInteger underWay = new AtomicInteger();

    /** Held while an append is handed over, and while there is no producer to hand it to. */
    private final ReentrantLock handingOver = new ReentrantLock();

    private volatile Sender present;
    private boolean closed;

    /**
     * Opens a producer with the first append.
     *
     * @param closeTimeout how long {@link #close} waits for what is under way
     */
    RenewableSender(Map<String, Object> producerProperties, Duration closeTimeout) {
        this.closeTimeout = closeTimeout;
        this.options = SenderOptions.<byte[], byte[]>create(producerProperties)
                .maxInFlight(Integer.MAX_VALUE)
                .scheduler(Schedulers.immediate())
                .stopOnError(false)
                .closeTimeout(Duration.ZERO);
        this.present = new Sender(options);
    }

    /** Hands an append over, in the order of the calls. Waits while the producer is made anew. */
    void handOver(Append append) {
        handingOver.lock();
        try {
            underWay.incrementAndGet();
            append.handOver(present.sender, underWay::decrementAndGet);
        } finally {
            handingOver.unlock();
        }
    }

    /** Makes the producer anew. What the one before has under way has so long to be answered, and fails then. */
    synchronized void renew(Duration patience) {
        if (closed) {
            return;
        }
        handingOver.lock();
        try {
            end(patience);
            present = new Sender(options);
        } finally {
            handingOver.unlock();
        }
    }

    /** Nothing may be handed over any more. */
    @Override
    public synchronized void close() {
        closed = true;
        end(closeTimeout);
    }

    private void end(Duration patience) {
        awaitEnded(patience);
        present.closeProducer();
        awaitEnded(FAILING);
        present.sender.close();
    }

    private void awaitEnded(Duration patience) {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (underWay.get() > 0 && System.nanoTime() - deadlineNanos < 0) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
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

        void closeProducer() {
            Producer<?, ?> open = producer;
            if (open != null) {
                open.close(Duration.ZERO);
            }
        }
    }
}
