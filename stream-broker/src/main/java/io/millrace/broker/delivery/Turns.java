// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The cursors of a stream, and whose turn it is. A cursor with something to read stands in line; when it has had its turn
 * and has more, it goes to the end of the line. So each gets one batch before any gets a second, and what a turn costs
 * does not grow with the cursors that have nothing to read. Lives on the stream's loop.
 */
final class Turns implements Headway.Course {
    /*
     * Maintainer's note. A cursor gets something to read only while it is being read, or when its tail or its history
     * moves, and after each of these review() is called. Whoever is in line may have lost what it had; first() finds out.
     */
    private final List<PartitionCursor> all = new ArrayList<>();
    private final ArrayDeque<PartitionCursor> line = new ArrayDeque<>();
    private final Set<PartitionCursor> inLine = new HashSet<>();

    /** Those that have not been at the live end since the stream began or fell behind. */
    private final Set<PartitionCursor> behind = new HashSet<>();

    /** Those whose end is not reached. */
    private final Set<PartitionCursor> unfinished = new HashSet<>();

    /** All cursors in the order in which they came. */
    List<PartitionCursor> all() {
        return all;
    }

    /** Takes cursors in. */
    void add(Collection<PartitionCursor> cursors) {
        all.addAll(cursors);
        unfinished.addAll(cursors);
        behind.addAll(cursors);
    }

    /** Lets go of those that fit, and answers them. */
    List<PartitionCursor> remove(Predicate<PartitionCursor> which) {
        List<PartitionCursor> leaving = all.stream().filter(which).toList();
        Set<PartitionCursor> gone = new HashSet<>(leaving);
        all.removeAll(gone);
        line.removeAll(gone);
        inLine.removeAll(gone);
        behind.removeAll(gone);
        unfinished.removeAll(gone);
        return leaving;
    }

    /** Looks at a cursor that may have something to read, or may have reached an end. */
    void review(PartitionCursor cursor) {
        if (cursor.hasNext() && inLine.add(cursor)) {
            line.add(cursor);
        }
        if (!behind.isEmpty() && cursor.isAtLiveEnd()) {
            behind.remove(cursor);
        }
        if (cursor.isFinished()) {
            unfinished.remove(cursor);
        }
    }

    /** Looks at every cursor. */
    void reviewAll() {
        all.forEach(this::review);
    }

    /** A cursor has fallen behind the live end. */
    void fellBehind(PartitionCursor cursor) {
        behind.add(cursor);
    }

    /** Whose turn it is, or {@code null} when none has anything to read. */
    @Nullable
    PartitionCursor first() {
        PartitionCursor first = line.peek();
        while (first != null && !first.hasNext()) {
            leaveLine();
            review(first);
            first = line.peek();
        }
        return first;
    }

    /** The first in line that has something to pass over, or {@code null} when none has. */
    @Nullable
    PartitionCursor firstToPass() {
        for (PartitionCursor cursor : line) {
            if (cursor.hasNextToPass()) {
                return cursor;
            }
        }
        return null;
    }

    /** A turn is over. Where it was that of the first in line, this one goes to the end. */
    void pass(PartitionCursor cursor) {
        if (cursor == line.peek()) {
            leaveLine();
        }
        review(cursor);
    }

    /** True when every cursor has been at the live end since it began or fell behind. */
    boolean areCaughtUp() {
        return behind.isEmpty();
    }

    /** True when every cursor has reached its end. */
    boolean areFinished() {
        return unfinished.isEmpty();
    }

    @Override
    public long place() {
        return sum(PartitionCursor::nextOffset);
    }

    @Override
    public long lagEvents() {
        return sum(PartitionCursor::lagEvents);
    }

    @Override
    public long offsetsToCome() {
        return sum(PartitionCursor::offsetsToCome);
    }

    private long sum(ToLongFunction<PartitionCursor> what) {
        return all.stream().mapToLong(what).sum();
    }

    private @Nullable PartitionCursor leaveLine() {
        PartitionCursor first = line.poll();
        inLine.remove(first);
        return first;
    }
}
