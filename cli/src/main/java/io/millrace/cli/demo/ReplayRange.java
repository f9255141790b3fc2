// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.cli.output.DeliveredEvent;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A range of time in the middle of what was published, and exactly the events that a replay of it must deliver.
 *
 * <p>A log answers a time with the first offset whose record time is at or after it, so that is how the range is
 * reckoned here, partition by partition: from the first record at or after {@code from} up to, not including, the first
 * at or after {@code to}. Records of the same millisecond are all in or all out.
 *
 * @param from begin
 * @param to end, exclusive
 * @param expected which events of the input lie within
 */
record ReplayRange(Instant from, Instant to, BitSet expected) {
    /** About the third to the sixth tenth of a stream that holds at least one event. */
    static ReplayRange inTheMiddleOf(List<DeliveredEvent> stream) {
        List<Instant> times =
                stream.stream().map(DeliveredEvent::recordTime).sorted().toList();
        Instant from = times.get(times.size() * 3 / 10);
        Instant to = times.stream()
                .skip(times.size() * 6L / 10)
                .filter(time -> time.isAfter(from))
                .findFirst()
                .orElse(from.plusMillis(1));
        return new ReplayRange(from, to, within(stream, from, to));
    }

    private static BitSet within(List<DeliveredEvent> stream, Instant from, Instant to) {
        Map<Integer, Long> begins = firstOffsets(stream, from);
        Map<Integer, Long> ends = firstOffsets(stream, to);
        BitSet within = new BitSet(stream.size());
        for (DeliveredEvent event : stream) {
            long begin = begins.getOrDefault(event.partition(), Long.MAX_VALUE);
            long end = ends.getOrDefault(event.partition(), Long.MAX_VALUE);
            if (event.offset() >= begin && event.offset() < end) {
                Flights.indexOf(event.event().id()).ifPresent(within::set);
            }
        }
        return within;
    }

    private static Map<Integer, Long> firstOffsets(List<DeliveredEvent> stream, Instant time) {
        Map<Integer, Long> first = new HashMap<>();
        for (DeliveredEvent event : stream) {
            if (!event.recordTime().isBefore(time)) {
                first.merge(event.partition(), event.offset(), Math::min);
            }
        }
        return first;
    }
}
