// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.log.StoredEvent;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/** A window on events that never change: a batch costs one object, however many events it holds. */
final class EventRun extends AbstractList<StoredEvent> implements RandomAccess {
    private final StoredEvent[] events;
    private final int from;
    private final int size;

    EventRun(StoredEvent[] events, int from, int size) {
        this.events = events;
        this.from = from;
        this.size = size;
    }

    @Override
    public StoredEvent get(int index) {
        return events[from + Objects.checkIndex(index, size)];
    }

    @Override
    public int size() {
        return size;
    }
}
