// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

import io.millrace.broker.frame.EventFramer;
import io.millrace.broker.frame.EventKeys;
import io.millrace.broker.frame.Lease;
import io.millrace.broker.frame.Slice;
import io.millrace.core.log.StoredEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run of framed events in one array, with an index of where each ends. One thread at a time writes; any thread reads what has
 * been published. The index never changes then, nor do the bytes while they are leased: a slice may be written to a socket
 * at any later time, also after nobody finds the page any more, and only then may the bytes be used for another page.
 *
 * <p>An event that is withheld has a place in the index and no bytes. It is cut as a slice of its own.
 */
public final class Page implements Lease {
    /** Bytes of a full-grown page; a larger event gets a page of its own size. */
    static final int PAGE_BYTES = 128 * 1024;

    static final int MAX_EVENTS = 1024;

    private static final int RETIRED = -1;

    private static final int BYTES_PER_EVENT = PAGE_BYTES / MAX_EVENTS;

    /** Ends, offsets, times, and the successors that conflating readers may ask for. */
    private static final int INDEX_BYTES_PER_EVENT = Integer.BYTES + 2 * Long.BYTES + Short.BYTES;

    /** About what the page and its arrays take beside their content. */
    private static final int OBJECT_BYTES = 128;

    /** About what framing adds to an event, for a guess. */
    private static final int FRAME_BYTES = 64;

    private final long number;
    private final long fromOffset;
    private final long eventsBefore;
    private final byte[] bytes;
    private final int[] ends;
    private final long[] offsets;
    private final long[] recordTimesMillis;
    private final @Nullable PageKeys keys;

    /** Slices that are being read; {@value #RETIRED} when the bytes belong to another page. */
    private final AtomicInteger leases = new AtomicInteger();

    private int written;
    private boolean withholds; // written before what is published, so who sees the event sees it
    private volatile int published;
    private volatile short @Nullable [] successorsHere;

    Page(long number, long fromOffset, long eventsBefore, int capacityBytes, boolean followsKeys) {
        this(number, fromOffset, eventsBefore, new byte[capacityBytes], followsKeys);
    }

    /** A page in these bytes, which nobody else has. */
    Page(long number, long fromOffset, long eventsBefore, byte[] bytes, boolean followsKeys) {
        this.number = number;
        this.fromOffset = fromOffset;
        this.eventsBefore = eventsBefore;
        this.bytes = bytes;
        int capacityEvents = capacityEvents(bytes.length);
        this.ends = new int[capacityEvents];
        this.offsets = new long[capacityEvents];
        this.recordTimesMillis = new long[capacityEvents];
        this.keys = followsKeys ? new PageKeys(capacityEvents) : null;
    }

    /**
     * The pages of a run of history, in order; each event stands on one of them. All of it is published.
     *
     * @param spare asked for the bytes of each full-grown page; {@code null} for new ones
     */
    public static List<Page> of(List<StoredEvent> events, EventFramer framer, Supplier<byte @Nullable []> spare) {
        List<Page> pages = new ArrayList<>();
        Page page = null;
        for (int i = 0; i < events.size(); i++) {
            StoredEvent event = events.get(i);
            int lengthBytes = framer.frame(event);
            if (page == null || !page.hasRoom(lengthBytes)) {
                int capacityBytes = Math.max(lengthBytes, bytesIfAllWereLike(lengthBytes, events.size() - i));
                byte[] bytes = capacityBytes == PAGE_BYTES ? spare.get() : null;
                page = new Page(
                        pages.size(), event.offset(), 0, bytes == null ? new byte[capacityBytes] : bytes, false);
                pages.add(page);
            }
            page.append(event.offset(), event.recordTimeMillis(), framer.buffer(), framer.start(), lengthBytes);
            page.publish();
        }
        return pages;
    }

    /**
     * About the capacity that so many events need, with an eighth to spare; at most that of a full-grown page, and just
     * that where it would be more than half of it, so that its bytes can be used again.
     */
    private static int bytesIfAllWereLike(int lengthBytes, int events) {
        long bytes = (long) events * Math.max(BYTES_PER_EVENT, lengthBytes + lengthBytes / 8);
        return bytes > PAGE_BYTES / 2 ? PAGE_BYTES : (int) bytes;
    }

    /** About the capacity that the events from an index on need, at most that of a full-grown page. */
    static int guessedBytes(List<StoredEvent> events, int from) {
        long bytes = 0;
        for (int i = from; i < events.size() && bytes < PAGE_BYTES; i++) {
            bytes += Math.max(BYTES_PER_EVENT, (long) events.get(i).event().approximateBytes() + FRAME_BYTES);
        }
        return (int) Math.min(PAGE_BYTES, bytes);
    }

    int capacityBytes() {
        return bytes.length;
    }

    /** Memory that the page holds. */
    public int heldBytes() {
        return heldBytes(bytes.length, keys != null);
    }

    /** Memory that a page of this capacity holds. */
    static int heldBytes(int capacityBytes, boolean followsKeys) {
        int perEvent = INDEX_BYTES_PER_EVENT + (followsKeys ? PageKeys.BYTES_PER_EVENT : 0);
        return capacityBytes + capacityEvents(capacityBytes) * perEvent + OBJECT_BYTES;
    }

    /** Begins to read bytes, until {@link #end}; false when they belong to another page by now. */
    public boolean lease() {
        int current = leases.get();
        while (current != RETIRED) {
            if (leases.compareAndSet(current, current + 1)) {
                return true;
            }
            current = leases.get();
        }
        return false;
    }

    @Override
    public void end() {
        leases.updateAndGet(Page::oneLess);
    }

    private static int oneLess(int leases) {
        if (leases <= 0) {
            throw new IllegalStateException("a lease ends once");
        }
        return leases - 1;
    }

    /** True where the bytes may be those of any other full-grown page. */
    public boolean isFullGrown() {
        return bytes.length == PAGE_BYTES;
    }

    /** The bytes of a page that nobody finds any more, for another one; {@code null} while they are being read. */
    public byte @Nullable [] retire() {
        return leases.compareAndSet(0, RETIRED) ? bytes : null;
    }

    /** Number of events to be read. */
    public int size() {
        return published;
    }

    /**
     * The slice that begins with the event at {@code index}: as many events as the bounds allow, at least one when there
     * is one before the end; {@code null} when there is none.
     *
     * @param index where the reader stands
     * @param maxEvents at least 1
     * @param maxBytes soft: the first event may be larger
     * @param end what does not belong to the read any more
     */
    private @Nullable Slice slice(int index, int maxEvents, int maxBytes, ReadEnd end) {
        int last = end.limit(offsets, recordTimesMillis, index, Math.min(published, saturatedSum(index, maxEvents)));
        if (last <= index) {
            return null;
        }
        if (withholds) {
            if (isWithheld(index)) {
                return withheld(index, last);
            }
            last = firstWithheld(index, last);
        }
        int start = endOf(index);
        int to = lastWithin(index, last, start + (long) maxBytes);
        return new Slice(bytes, start, ends[to - 1] - start, to - index, offsets[to - 1]);
    }

    /**
     * As {@link #select}, under a lease that the caller has taken. It goes with the slice; where that has no bytes, it
     * ends here.
     */
    public @Nullable Slice selectLeased(
            int index, int maxEvents, int maxBytes, ReadEnd end, Selection selection, long before) {
        Slice slice = select(index, maxEvents, maxBytes, end, selection, before);
        if (slice != null && slice.events() > 0) {
            return slice.leased(this);
        }
        end();
        return slice;
    }

    /**
     * As {@link #slice}, of the events that a selection takes. The rest is passed over at no cost, also behind the last
     * event that the bounds allow, up to the next one that would be taken. A slice without events says what was passed.
     *
     * @param maxEvents may be 0, to pass over only
     * @param selection where it takes the newest of each key, this page is complete, or knows its successors up to
     *     {@code before}
     * @param before first offset that is not looked at
     */
    private @Nullable Slice select(
            int index, int maxEvents, int maxBytes, ReadEnd end, Selection selection, long before) {
        if (selection.takesAll()) {
            return slice(index, maxEvents, maxBytes, end);
        }
        int size = published;
        int limit = Math.min(end.limit(offsets, recordTimesMillis, index, size), indexOf(before));
        if (limit <= index) {
            return null;
        }
        long newestBefore = limit < size ? Math.min(before, offsets[limit]) : before;
        Runs runs = new Runs();
        int passing = index;
        for (; passing < limit; passing++) {
            int from = endOf(passing);
            int to = ends[passing];
            if (from == to) {
                if (passing == index) {
                    return withheld(index, limit);
                }
                break;
            }
            boolean superseded = selection.newestOnly() && successor(passing) < newestBefore;
            if (!superseded && selection.takes(bytes, from, to)) {
                if (isFull(runs, to - from, maxEvents, maxBytes)) {
                    break;
                }
                runs.add(from, to);
            }
        }
        return runs.slice(bytes, passing - index, passing == index ? offsets[index] - 1 : offsets[passing - 1]);
    }

    long number() {
        return number;
    }

    /** Every event from here up to this page's first is missing from the log. */
    long fromOffset() {
        return fromOffset;
    }

    /** How many events the pages before have held, since the ring began. */
    long eventsBefore() {
        return eventsBefore;
    }

    /** Number of events, of which the last ones may not be published yet. */
    int written() {
        return written;
    }

    boolean hasRoom(int lengthBytes) {
        return written < ends.length && endOf(written) + lengthBytes <= bytes.length;
    }

    void append(long offset, long recordTimeMillis, byte[] source, int start, int lengthBytes) {
        int at = endOf(written);
        withholds |= lengthBytes == 0;
        System.arraycopy(source, start, bytes, at, lengthBytes);
        ends[written] = at + lengthBytes;
        offsets[written] = offset;
        recordTimesMillis[written] = recordTimeMillis;
        written++;
    }

    /** Shows readers what has been appended. */
    void publish() {
        published = written;
    }

    /** Index of the first published event at or after an offset; {@link #size} when all are before it. */
    public int indexOf(long offset) {
        int size = published;
        if (size == 0 || offset > offsets[size - 1]) {
            return size;
        }
        long guess = offset - offsets[0]; // right where offsets leave no hole, as they nearly always do
        if (guess >= 0 && guess < size && offsets[(int) guess] == offset) {
            return (int) guess;
        }
        int found = Arrays.binarySearch(offsets, 0, size, offset);
        return found >= 0 ? found : -found - 1;
    }

    long offset(int index) {
        return offsets[index];
    }

    /** Offset of the first published event that does not belong to the read; {@code Long.MAX_VALUE} for none. */
    long firstBeyond(ReadEnd end) {
        int size = published;
        int limit = end.limit(offsets, recordTimesMillis, 0, size);
        return limit < size ? offsets[limit] : Long.MAX_VALUE;
    }

    /** The key of an event, also of one not published yet; {@code null} for none, or where the event is withheld. */
    @Nullable
    ByteBuffer key(int index) {
        return isWithheld(index) ? null : EventKeys.keyOf(bytes, endOf(index), ends[index]);
    }

    /** What the ring notes about keys here; {@code null} when it does not. */
    @Nullable
    PageKeys keys() {
        return keys;
    }

    /** Offset of the next event of the same key: in the ring, or on this page where the ring does not follow keys. */
    private long successor(int index) {
        if (keys != null) {
            return keys.successor(index);
        }
        short[] here = successorsHere;
        if (here == null) {
            here = findSuccessors();
            successorsHere = here; // any reader finds the same
        }
        return here[index] < 0 ? PageKeys.NONE : offsets[here[index]];
    }

    private short[] findSuccessors() {
        short[] found = new short[published];
        Map<ByteBuffer, Short> newest = new HashMap<>();
        for (short i = (short) (found.length - 1); i >= 0; i--) {
            ByteBuffer key = key(i);
            Short successor = key == null ? null : newest.put(key, i);
            found[i] = successor == null ? -1 : successor;
        }
        return found;
    }

    /** The first index whose event must stay out: those before it end within {@code endByte}, the first one anyway. */
    private int lastWithin(int index, int limit, long endByte) {
        if (ends[limit - 1] <= endByte) {
            return limit;
        }
        int found = Arrays.binarySearch(ends, index, limit, (int) endByte);
        int fitting = found >= 0 ? found + 1 : -found - 1;
        return Math.max(fitting, index + 1);
    }

    private boolean isWithheld(int index) {
        return ends[index] == endOf(index);
    }

    private int firstWithheld(int from, int to) {
        int index = from;
        while (index < to && !isWithheld(index)) {
            index++;
        }
        return index;
    }

    /** The events from {@code index} on that are withheld one after another. */
    private Slice withheld(int index, int limit) {
        int last = index;
        while (last + 1 < limit && isWithheld(last + 1)) {
            last++;
        }
        return Slice.withheld(last + 1 - index, offsets[last]);
    }

    private static boolean isFull(Runs runs, int lengthBytes, int maxEvents, int maxBytes) {
        return runs.events() >= maxEvents || (runs.events() > 0 && (long) runs.lengthBytes() + lengthBytes > maxBytes);
    }

    private int endOf(int count) {
        return count == 0 ? 0 : ends[count - 1];
    }

    /** A page that is small has room for few events, so that an index never outweighs what it points to. */
    private static int capacityEvents(int capacityBytes) {
        return (int) Math.min(MAX_EVENTS, ((long) capacityBytes + BYTES_PER_EVENT - 1) / BYTES_PER_EVENT);
    }

    private static int saturatedSum(int a, int b) {
        return (int) Math.min((long) a + b, Integer.MAX_VALUE);
    }
}
