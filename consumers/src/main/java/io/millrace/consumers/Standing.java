// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import org.jspecify.annotations.Nullable;

/** Where a subscription stands in all of its partitions, cheap to move on in one of them. Immutable. */
final class Standing {
    /*
     * A batch moves one place of perhaps two thousand, and a cursor is a copy of them all. So moves stand in a chain, and
     * become a cursor when somebody asks for it, or when there are as many as the cursor has places: on average a batch
     * costs the same however many there are. The events of a batch share what was made of theirs; that two threads may
     * make it at once does no harm.
     */
    private final Cursor base;
    private final @Nullable Standing before;
    private final @Nullable Place moved;
    private final int moves;
    private @Nullable Cursor known;

    private Standing(Cursor base, @Nullable Standing before, @Nullable Place moved, int moves) {
        this.base = base;
        this.before = before;
        this.moved = moved;
        this.moves = moves;
    }

    /** At these places. */
    static Standing at(Cursor cursor) {
        return new Standing(cursor, null, null, 0);
    }

    /** The same, moved on in one partition. */
    Standing moved(Place place) {
        return moves < base.size() ? new Standing(base, this, place, moves + 1) : at(cursor().with(place));
    }

    /** All places. */
    Cursor cursor() {
        Cursor cursor = known;
        if (cursor == null) {
            cursor = moves == 0 ? base : base.with(inOrder());
            known = cursor;
        }
        return cursor;
    }

    private Place[] inOrder() {
        Place[] places = new Place[moves];
        Standing standing = this;
        for (int i = moves - 1; i >= 0 && standing != null && standing.moved != null; i--) {
            places[i] = standing.moved;
            standing = standing.before;
        }
        return places;
    }
}
