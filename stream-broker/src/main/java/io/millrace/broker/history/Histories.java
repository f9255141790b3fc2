// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import io.millrace.broker.limits.Overload;
import io.millrace.core.log.EventLog;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicPartition;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The histories of the partitions that are being replayed, one each. Replays of a partition at nearby places share what
 * is read from the log for one of them, and its frames.
 *
 * <p><b>Bounds.</b> A partition holds at most 16 MiB, however many replays it has; the ledger counts it. While the
 * ledger has no room, only what somebody is reading is kept, and what nobody has read from for two seconds is given up.
 * When the last replay of a partition closes, all of it is.
 *
 * <p><b>Threads.</b> Thread-safe; a {@link Replay} belongs to its loop.
 */
public final class Histories {
    private static final Duration IDLE = Duration.ofSeconds(2);

    private final EventLog log;
    private final Overload overload;
    private final long maxBytes;
    private final Executor framing = framingThread();
    private final Map<Key, PartitionHistory> histories = new ConcurrentHashMap<>();

    /** The histories of a log; none is open. */
    public Histories(EventLog log, Overload overload) {
        this(log, overload, PartitionHistory.MAX_BYTES);
    }

    Histories(EventLog log, Overload overload, long maxBytes) {
        this.log = log;
        this.overload = overload;
        this.maxBytes = maxBytes;
    }

    /**
     * A replay that begins at this place. It asks the log for nothing before {@link Replay#readOn}. Whoever opens it
     * closes it.
     *
     * @param topic what is read, as it is now: a topic made again has another history
     * @param loop where the replay lives and its listener is called
     */
    public Replay open(
            TopicInfo topic, TopicPartition partition, long place, EventExecutor loop, Replay.Listener listener) {
        Key key = new Key(topic.uid(), partition);
        PartitionHistory[] begun = new PartitionHistory[1];
        PartitionHistory history = histories.compute(key, (same, present) -> {
            PartitionHistory current = present;
            if (current == null) {
                current = new PartitionHistory(log, partition, framing, overload, maxBytes);
                begun[0] = current;
            }
            current.holders++;
            return current;
        });
        if (begun[0] != null) {
            giveUpIdleLater(begun[0], loop);
        }
        return new Replay(history, loop, listener, place, () -> release(key, history));
    }

    private void release(Key key, PartitionHistory history) {
        if (histories.compute(key, (same, current) -> --history.holders == 0 ? remove() : current) != history) {
            history.close();
        }
    }

    private static void giveUpIdleLater(PartitionHistory history, EventExecutor loop) {
        loop.schedule(
                () -> {
                    if (history.giveUpIdle()) {
                        giveUpIdleLater(history, loop);
                    }
                },
                IDLE.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** One thread, which ends when it has had nothing to do for a while; whoever finds it busy works for itself. */
    private static Executor framingThread() {
        ThreadPoolExecutor one = new ThreadPoolExecutor(
                1,
                1,
                IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new ArrayBlockingQueue<>(1),
                task -> {
                    Thread thread = new Thread(task, "millrace-framing");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    private static @Nullable PartitionHistory remove() {
        return null;
    }

    private record Key(String topicUid, TopicPartition partition) {}
}
