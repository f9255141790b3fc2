// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import io.millrace.consumers.ReceivedEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a reader receives with what was published: the number of every event of every lane, and the offset of
 * every event of every partition, which are dense in these topics. Belongs to the reader's thread; its counts may be
 * read after the reader has ended.
 */
final class OrderCheck {
    private final long[] nextNumbers = new long[NumberedEvents.LANES];
    private final Map<Integer, Long> nextOffsets = new HashMap<>();
    private long events;
    private long gaps;
    private long repeats;
    private @Nullable String firstDeviation;

    private OrderCheck(long firstNumber) {
        for (long number = firstNumber; number < firstNumber + NumberedEvents.LANES; number++) {
            nextNumbers[NumberedEvents.laneOf(number)] = number;
        }
    }

    /** Of a reader that starts at the beginning of every partition. */
    static OrderCheck fromBeginning() {
        return new OrderCheck(0);
    }

    /** Of a reader of a topic with one partition that starts there, where the offset is the number. */
    static OrderCheck from(long firstNumber) {
        OrderCheck check = new OrderCheck(firstNumber);
        check.nextOffsets.put(0, firstNumber);
        return check;
    }

    void accept(ReceivedEvent event) {
        accept(event.partition(), event.offset(), NumberedEvents.numberOf(event));
    }

    void accept(int partition, long offset, long number) {
        events++;
        int lane = NumberedEvents.laneOf(number);
        compare("number in lane ", lane, nextNumbers[lane], number);
        nextNumbers[lane] = number + NumberedEvents.LANES;
        compare("offset in partition ", partition, nextOffsets.getOrDefault(partition, 0L), offset);
        nextOffsets.put(partition, offset + 1);
    }

    long events() {
        return events;
    }

    /** Places where something was missing. */
    long gaps() {
        return gaps;
    }

    /** Events that came again, or out of order. */
    long repeats() {
        return repeats;
    }

    /** {@code none}, or where and how it began. */
    String firstDeviation() {
        return firstDeviation == null ? "none" : firstDeviation;
    }

    /** The number behind everything that was received, when nothing is missing. */
    long nextNumber() {
        long smallest = Long.MAX_VALUE;
        for (long number : nextNumbers) {
            smallest = Math.min(smallest, number);
        }
        return smallest;
    }

    private void compare(String what, int where, long expected, long found) {
        if (found == expected) {
            return;
        }
        if (found > expected) {
            gaps++;
        } else {
            repeats++;
        }
        if (firstDeviation == null) {
            firstDeviation = what + where + " is " + found + " instead of " + expected + " at event " + events;
        }
    }
}
