// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions the consumer lets rest (pauses): those whose readers ask for nothing, and those that acknowledgements
 * lead. Looks only at partitions to which something has happened.
 *
 * <p><b>Threads.</b> {@link #stirred} from any; the rest belongs to the loop.
 */
final class Rests {
    /* Notes. A partition stands in the queue at most once. What is true of it may change right after it was looked at;
     * whoever changes it stirs it afterwards, so it is looked at again. Only the end of being led comes by itself, with
     * time: the led are looked at each time.
     */
    private final Queue<PartitionTail> stirred = new ConcurrentLinkedQueue<>();
    private final Set<TopicPartition> resting = new HashSet<>();
    private final Set<PartitionTail> led = new HashSet<>();

    /** Something has happened to this partition: look at it next time. */
    void stirred(PartitionTail shared) {
        if (shared.stir()) {
            stirred.add(shared);
        }
    }

    /** The consumer begins to read this partition. */
    void begin(Consumer<?, ?> consumer, PartitionTail shared) {
        consumer.resume(Set.of(shared.partition())); // it may rest for those who followed it before
        stirred(shared);
    }

    /** Nobody follows this partition any more. */
    void end(PartitionTail shared) {
        resting.remove(shared.partition());
    }

    /** The consumer is gone: the next one lets nothing rest yet. */
    void clear() {
        resting.clear();
        led.clear();
        takeStirred();
    }

    /**
     * Pauses and resumes on the consumer what has changed since the last time. What is resumed is read from the position
     * of its tails.
     *
     * @param followed what the consumer is assigned
     * @return true when a partition rests because acknowledgements lead there
     */
    boolean apply(Consumer<?, ?> consumer, Map<TopicPartition, PartitionTail> followed, long nowNanos) {
        Set<PartitionTail> changed = takeStirred();
        changed.addAll(led);
        led.clear();
        List<TopicPartition> pause = new ArrayList<>();
        List<TopicPartition> resume = new ArrayList<>();
        for (PartitionTail shared : changed) {
            TopicPartition partition = shared.partition();
            if (followed.get(partition) != shared) {
                continue; // whoever follows it now has begun anew
            }
            boolean rests = !shared.wantsReading(nowNanos);
            if (rests && resting.add(partition)) {
                pause.add(partition);
            } else if (!rests && resting.remove(partition)) {
                consumer.seek(partition, shared.position());
                resume.add(partition);
            }
            if (rests && shared.isLed()) {
                led.add(shared);
            }
        }
        consumer.pause(pause);
        consumer.resume(resume);
        return !led.isEmpty();
    }

    private Set<PartitionTail> takeStirred() {
        Set<PartitionTail> taken = new LinkedHashSet<>();
        for (int most = stirred.size(); most > 0; most--) {
            PartitionTail shared = stirred.remove();
            shared.settle();
            taken.add(shared);
        }
        return taken;
    }
}
