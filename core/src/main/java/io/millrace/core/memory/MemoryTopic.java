// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One topic: its settings, its partitions, and the rule that chooses among them. Thread-safe. */
final class MemoryTopic {
    private static final int NONE_YET = -1;

    private final TopicName name;
    private final String uid;
    private final long defaultRetentionBytes;
    private final Function<TopicPartition, MemoryPartition> makePartition;
    private final AtomicInteger nextKeyless = new AtomicInteger();
    private volatile List<MemoryPartition> partitions = List.of();
    private volatile TopicSettings settings;

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
        return new TopicInfo(name, uid, partitions.size(), 1, settings.given());
    }

    TopicSettings settings() {
        return settings;
    }

    /** Grows to {@code count} partitions and takes these settings. */
    synchronized void change(int count, TopicSettings newSettings) {
        settings = newSettings;
        partitions = Stream.concat(
                        partitions.stream(),
                        IntStream.range(partitions.size(), count)
                                .mapToObj(p -> makePartition.apply(new TopicPartition(name, p))))
                .toList();
        long retentionBytes = newSettings.retentionBytes(defaultRetentionBytes);
        partitions.forEach(p -> p.retain(retentionBytes, newSettings.retentionMillis()));
    }

    /** Errors with PARTITION_NOT_FOUND. */
    MemoryPartition partition(int number) {
        List<MemoryPartition> now = partitions;
        if (number >= now.size()) {
            throw Refusal.partitionNotFound(name.value(), number).asException();
        }
        return now.get(number);
    }

    synchronized void end(Refusal why) {
        partitions.forEach(p -> p.end(why));
    }

    AppendResult append(List<Event> events) {
        return new Append(partitions, settings.maxMessageBytes()).store(events);
    }

    /** One append on its way through the partitions. */
    private final class Append {
        private final List<MemoryPartition> targets;
        private final long maxEventBytes;
        private final Map<Integer, Refusal> failures = new HashMap<>();
        private int keyless = NONE_YET;

        Append(List<MemoryPartition> targets, long maxEventBytes) {
            this.targets = targets;
            this.maxEventBytes = maxEventBytes;
        }

        /** Stores run by run: readers are woken once for each run of events of the same partition. */
        AppendResult store(List<Event> events) {
            int[] numbers = new int[events.size()];
            long[] offsets = new long[events.size()];
            @Nullable MemoryPartition touched = null;
            for (int i = 0; i < numbers.length; i++) {
                int number = partitionOf(events.get(i));
                MemoryPartition target = targets.get(number);
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
            return key == null ? keylessPartition() : Murmur2.partition(key.array(), targets.size());
        }

        /** Sticky: the events without a key of one append go to one partition, those of the next to the next. */
        private int keylessPartition() {
            if (keyless == NONE_YET) {
                keyless = (nextKeyless.getAndIncrement() & Integer.MAX_VALUE) % targets.size();
            }
            return keyless;
        }
    }
}
