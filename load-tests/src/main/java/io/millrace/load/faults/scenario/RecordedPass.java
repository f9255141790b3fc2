// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.SubscriptionBuilder;
import io.millrace.core.topic.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stream as one read from its beginning to its live end has got it. Immutable.
 *
 * @param topics of the stream
 * @param events in the order in which they came
 */
record RecordedPass(List<String> topics, List<ReceivedEvent> events) {
    /** Copies the lists. */
    RecordedPass {
        topics = List.copyOf(topics);
        events = List.copyOf(events);
    }

    /** Reads it. Blocks. */
    static RecordedPass record(List<String> topics, SubscriptionBuilder subscription) {
        List<ReceivedEvent> events = subscription
                .fromBeginning()
                .untilLiveEnd()
                .events()
                .collectList()
                .block(CursorStreams.PATIENCE);
        if (events == null || events.isEmpty()) {
            throw new IllegalStateException(topics + " hold nothing");
        }
        return new RecordedPass(topics, events);
    }

    /** What makes a difference between these events and those behind one of this pass, or nothing. */
    String difference(int index, List<ReceivedEvent> got) {
        Map<TopicPartition, List<ReceivedEvent>> expected = byPartition(events.subList(index + 1, events.size()));
        Map<TopicPartition, List<ReceivedEvent>> actual = byPartition(got);
        for (TopicPartition partition : expected.keySet()) {
            String difference = difference(
                    partition, expected.getOrDefault(partition, List.of()), actual.getOrDefault(partition, List.of()));
            if (!difference.isEmpty()) {
                return difference;
            }
        }
        return got.size() == events.size() - index - 1 ? "" : "events of partitions that are at their end";
    }

    private static String difference(
            TopicPartition partition, List<ReceivedEvent> expected, List<ReceivedEvent> actual) {
        for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
            if (i >= expected.size()) {
                return actual.get(i) + " instead of the end";
            }
            if (i >= actual.size()) {
                return "the end of " + partition + " instead of " + expected.get(i);
            }
            if (!isSame(expected.get(i), actual.get(i))) {
                return actual.get(i) + " instead of " + expected.get(i);
            }
        }
        return "";
    }

    private static boolean isSame(ReceivedEvent one, ReceivedEvent other) {
        return one.offset() == other.offset() && one.event().equals(other.event());
    }

    private static Map<TopicPartition, List<ReceivedEvent>> byPartition(List<ReceivedEvent> events) {
        Map<TopicPartition, List<ReceivedEvent>> all = new HashMap<>();
        events.forEach(event -> all.computeIfAbsent(event.topicPartition(), partition -> new ArrayList<>())
                .add(event));
        return all;
    }
}
