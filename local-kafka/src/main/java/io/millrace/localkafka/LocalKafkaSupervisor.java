// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A {@link LocalKafka} that comes back: a node that died is started again on the same directory and the same port, after
 * a pause of 100 ms to 10 s, without end, until {@link #close}.
 *
 * <p>The port is the one of the first start, so {@link #bootstrapServers()} never changes and clients reconnect by
 * themselves. Each death and each recovery is told to the listener.
 *
 * <p><b>Threads.</b> Safe from any thread; {@link #start} and {@link #close} block. One daemon thread per supervisor.
 *
 * <p><b>Errors.</b> Only the first start throws. A later one that fails is told as {@link
 * LocalKafkaEvent.RestartFailed} and tried again.
 */
public final class LocalKafkaSupervisor implements AutoCloseable {
    private final LocalKafkaConfig config;
    private final EventSink events;
    private final RestartBackoff backoff = new RestartBackoff(RandomGenerator.getDefault());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile LocalKafka node;

    private LocalKafkaSupervisor(LocalKafkaConfig config, EventSink events, LocalKafka first) {
        this.config = config.withKafkaPort(first.port());
        this.events = events;
        this.node = first;
        this.thread = new Thread(this::watch, "local-kafka-supervisor");
        thread.setDaemon(true);
    }

    /**
     * Starts a node and watches it from then on.
     *
     * @throws LocalKafkaException when this first start fails; nothing is watched then
     */
    public static LocalKafkaSupervisor start(LocalKafkaConfig config, Consumer<? super LocalKafkaEvent> listener) {
        LocalKafka first = LocalKafka.start(config, listener);
        LocalKafkaSupervisor supervisor = new LocalKafkaSupervisor(config, new EventSink(listener), first);
        supervisor.thread.start();
        return supervisor;
    }

    /** What clients connect to, the same for the whole life of the supervisor. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port();
    }

    /** The port that clients connect to, the same for the whole life of the supervisor. */
    public int port() {
        return config.kafkaPort();
    }

    /** The process id of the node that runs, or of the last one when none does. */
    public long pid() {
        return node.pid();
    }

    /** Whether a node runs at this moment. */
    public boolean isAlive() {
        return node.isAlive();
    }

    /** Stops watching and stops the node cleanly. A node that is just being started again is killed instead. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        boolean interrupted = false;
        while (thread != Thread.currentThread() && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        node.close();
    }

    private void watch() {
        try {
            while (closed.getCount() > 0) {
                long bornNanos = System.nanoTime();
                int exitCode = node.onExit().get();
                if (closed.getCount() > 0) {
                    backoff.lived(Duration.ofNanos(System.nanoTime() - bornNanos));
                    Duration pause = backoff.next();
                    events.tell(new LocalKafkaEvent.Died(node.pid(), exitCode, config.logFile(), pause));
                    restart(pause);
                }
            }
        } catch (InterruptedException closing) {
            // only close() interrupts this thread
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void restart(Duration firstPause) throws InterruptedException {
        Duration pause = firstPause;
        while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            try {
                node = LocalKafka.start(config, events.listener());
                return;
            } catch (LocalKafkaException refused) {
                if (refused.refusal() instanceof StartRefusal.Interrupted) {
                    throw new InterruptedException();
                }
                pause = backoff.next();
                events.tell(new LocalKafkaEvent.RestartFailed(refused.refusal(), pause));
            }
        }
    }
}
