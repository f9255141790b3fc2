// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One topic: its settings, its partitions, and the rule that chooses among them. A partition is made when somebody first
 * asks for it, so a topic that nobody uses costs its name and its settings. Thread-safe.
 */
final class MemoryTopic {
    private static final int NONE_YET = -1;
    private static final @Nullable MemoryPartition[] NONE_MADE = {};

    private final TopicName name;
    private final String uid;
    private final long defaultRetentionBytes;
    private final Function<TopicPartition, MemoryPartition> makePartition;
    private final AtomicInteger nextKeyless = new AtomicInteger();
    private volatile int count;
    private volatile @Nullable MemoryPartition[] made = NONE_MADE;
    private volatile TopicSettings settings;
    private @Nullable Refusal ended;

    MemoryTopic(
            TopicName name,
            String uid,
            TopicSettings settings,
            long defaultRetentionBytes,
            Function<TopicPartition, MemoryPartition> makePartition) {
        this.name = name;
        this.uid = uid;
        this.settings = settings;
        this.defaultRetentionBytes = defaultRetentionBytes;
        this.makePartition = makePartition;
    }

    TopicInfo info() {
        return new TopicInfo(name, uid, count, 1, settings.given());
    }

    TopicSettings settings() {
        return settings;
    }

    /** Grows to {@code newCount} partitions and takes these settings. */
    synchronized void change(int newCount, TopicSettings newSettings) {
        settings = newSettings;
        count = newCount;
        forEachMade(this::retain);
    }

    /** Errors with PARTITION_NOT_FOUND. */
    MemoryPartition partition(int number) {
        if (number >= count) {
            throw Refusal.partitionNotFound(name.value(), number).asException();
        }
        MemoryPartition partition = made(number);
        return partition == null ? make(number) : partition;
    }

    synchronized void end(Refusal why) {
        ended = why;
        forEachMade(partition -> partition.end(why));
    }

    AppendResult append(List<Event> events) {
        return new Append(count, settings.maxMessageBytes()).store(events);
    }

    /** Why an event is not taken; absent when it is. */
    @Nullable
    Refusal refusalOf(Event event) {
        int bytes = event.approximateBytes();
        long most = settings.maxMessageBytes();
        return bytes > most ? Refusal.eventTooLarge(bytes, most) : null;
    }

    private @Nullable MemoryPartition made(int number) {
        @Nullable MemoryPartition[] now = made;
        return number < now.length ? now[number] : null;
    }

    private synchronized MemoryPartition make(int number) {
        MemoryPartition present = made(number);
        if (present != null) {
            return present;
        }
        MemoryPartition partition = makePartition.apply(new TopicPartition(name, number));
        retain(partition);
        if (ended != null) {
            partition.end(ended);
        }
        @Nullable MemoryPartition[] next = Arrays.copyOf(made, Math.max(made.length, number + 1));
        next[number] = partition;
        made = next;
        return partition;
    }

    private void retain(MemoryPartition partition) {
        partition.retain(settings.retentionBytes(defaultRetentionBytes), settings.retentionMillis());
    }

    private void forEachMade(Consumer<MemoryPartition> action) {
        for (MemoryPartition partition : made) {
            if (partition != null) {
                action.accept(partition);
            }
        }
    }

    /** One append on its way through the partitions. */
    private final class Append {
        private final int partitions;
        private final long maxEventBytes;
        private final Map<Integer, Refusal> failures = new HashMap<>();
        private int keyless = NONE_YET;

        Append(int partitions, long maxEventBytes) {
            this.partitions = partitions;
            this.maxEventBytes = maxEventBytes;
        }

        /** Stores run by run: readers are woken once for each run of events of the same partition. */
        AppendResult store(List<Event> events) {
            int[] numbers = new int[events.size()];
            long[] offsets = new long[events.size()];
            @Nullable MemoryPartition touched = null;
            for (int i = 0; i < numbers.length; i++) {
                int number = partitionOf(events.get(i));
                MemoryPartition target = partition(number);
                if (touched != null && touched != target) {
                    touched.stored();
                }
                touched = target;
                offsets[i] = store(target, events.get(i), i);
                numbers[i] = offsets[i] == AppendResult.NOT_STORED ? AppendResult.NOT_STORED : number;
            }
            if (touched != null) {
                touched.stored();
            }
            return new AppendResult(numbers, offsets, failures);
        }

        private long store(MemoryPartition target, Event event, int index) {
            int bytes = event.approximateBytes();
            if (bytes > maxEventBytes) {
                failures.put(index, Refusal.eventTooLarge(bytes, maxEventBytes));
                return AppendResult.NOT_STORED;
            }
            return target.store(event, bytes);
        }

        private int partitionOf(Event event) {
            Bytes key = event.key();
            return key == null ? keylessPartition() : Murmur2.partition(key.array(), partitions);
        }

        /** Sticky: the events without a key of one append go to one partition, those of the next to the next. */
        private int keylessPartition() {
            if (keyless == NONE_YET) {
                keyless = (nextKeyless.getAndIncrement() & Integer.MAX_VALUE) % partitions;
            }
            return keyless;
        }
    }
}
