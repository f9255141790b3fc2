// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import com.google.protobuf.ByteString;
import io.millrace.broker.frame.BatchFramer;
import io.millrace.broker.frame.Frame;
import io.millrace.broker.frame.Slice;
import io.millrace.broker.history.Histories;
import io.millrace.broker.history.Replay;
import io.millrace.broker.ring.ReadEnd;
import io.millrace.broker.ring.Ring;
import io.millrace.broker.ring.RingReader;
import io.millrace.broker.ring.Selection;
import io.millrace.broker.tail.PartitionTail;
import io.millrace.broker.tail.TailListener;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.Place;
import io.millrace.wire.TopicResource;
import io.netty.util.concurrent.EventExecutor;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One stream's place in one partition, and where it reads: from the ring while the ring holds that place, else from the
 * log's history until it does. There is no other difference between live and replay. Lives on the stream's loop.
 */
final class PartitionCursor implements TailListener, Replay.Listener {
    /** The stream that reads. Called on its loop. */
    interface Stream {
        /** There may be something to read, or an end to notice. */
        void cursorMoved(PartitionCursor cursor);

        /** The ring has given up what this cursor had not read. */
        void cursorFellBehind(PartitionCursor cursor, long lagEvents);

        /** Retention has removed events from {@code from} up to, not including, {@code to}. */
        void cursorSkipped(PartitionCursor cursor, long from, long to);

        /** The reader was too slow and goes on at {@code to}; so many events from {@code from} on are left out. */
        void cursorSkippedAhead(PartitionCursor cursor, long from, long to, OptionalLong events);

        /** From {@code from} on so many events are withheld, because they are not what was published; it goes on at {@code to}. */
        void cursorWithheld(PartitionCursor cursor, long from, long to, int events);

        /** The partition cannot be read on. */
        void cursorFailed(PartitionCursor cursor, Throwable cause);
    }

    private final EventLog log;
    private final Histories histories;
    private final EventExecutor loop;
    private final Stream stream;
    private final PartitionTail tail;
    private final TopicInfo info;
    private final String topic;
    private final ByteString token;
    private final BatchFramer framer;
    private final boolean startsBehind;
    private final Selection selection;
    private final ReadRules rules;
    private ReadEnd end;
    private long next;
    private long previous;
    private boolean finished;
    private boolean closed;
    private boolean askingBounds;
    private boolean atMatch;
    private boolean mayBeginRun = true;

    /** The stream has been told that the reader has something, and has taken nothing since. */
    private boolean told;

    private @Nullable RingReader reader;
    private @Nullable Replay history;

    PartitionCursor(
            EventLog log,
            Histories histories,
            EventExecutor loop,
            Stream stream,
            PartitionTail tail,
            TopicInfo topic,
            PartitionStart start,
            ReadRules rules) {
        this.log = log;
        this.histories = histories;
        this.loop = loop;
        this.stream = stream;
        this.tail = tail;
        this.info = topic;
        this.topic = TopicResource.format(topic.name());
        this.token = PlaceTokens.of(topic, start.partition().partition());
        this.framer = new BatchFramer(this.topic, start.partition().partition(), token);
        this.startsBehind = start.isBehind();
        this.selection = rules.selection();
        this.rules = rules;
        this.end = start.end();
        this.next = start.from();
        this.previous = start.from() - 1;
    }

    /** Begins to read. */
    void start() {
        tail.attach(loop, this);
        settle();
    }

    /** Stops reading and answers the tail that it held. */
    PartitionTail close() {
        closed = true;
        tail.detach(loop, this);
        leaveHistory();
        reader = null;
        return tail;
    }

    TopicPartition partition() {
        return tail.partition();
    }

    /** True when events may be cut now. */
    boolean hasNext() {
        return !isFinished() && (reader != null ? hasNextInRing(reader) : history != null && history.hasNext());
    }

    private boolean hasNextInRing(RingReader current) {
        return selection.newestOnly()
                ? current.hasNextInRun() || (mayBeginRun && current.canBeginRun())
                : current.hasNext();
    }

    /** The interval of conflation has passed: the newest event of each key may come again. */
    void tick() {
        mayBeginRun = true;
    }

    /** True when events may be passed that will not be sent, which needs no credit. */
    boolean hasNextToPass() {
        return selection.passesFreely() && !atMatch && hasNext();
    }

    /**
     * The next batch within the bounds, or {@code null} when there is none now.
     *
     * @param maxEvents 0 to pass over what the selection leaves out, and nothing else
     */
    @Nullable
    Cut next(int maxEvents, int maxBytes) {
        told = false;
        settle();
        if (!hasNext()) {
            return null;
        }
        if (rules.skips() && reader != null && reader.isOvertaken()) {
            skipAhead(reader);
            return null;
        }
        if (reader != null && selection.newestOnly() && !reader.hasNextInRun()) {
            reader.beginRun(end);
            mayBeginRun = rules.conflateInterval().isZero();
        }
        boolean fromLog = reader == null;
        Slice slice = reader != null
                ? reader.next(maxEvents, maxBytes, end, selection)
                : history == null ? null : history.next(maxEvents, maxBytes, end, selection);
        if (slice == null) {
            finished = reader != null ? !reader.isOvertaken() : history != null && history.isAtEnd();
            return null;
        }
        if (slice.withheld()) {
            withhold(slice);
            return null;
        }
        atMatch = slice.passed() == 0;
        next = slice.lastOffset() + 1;
        Frame frame = slice.events() == 0 ? null : frame(slice);
        settle();
        return new Cut(frame, slice.events(), slice.lengthBytes(), selection.takesAll() ? 0 : slice.passed(), fromLog);
    }

    private void withhold(Slice slice) {
        long from = next;
        next = slice.lastOffset() + 1;
        previous = slice.lastOffset();
        atMatch = false;
        stream.cursorWithheld(this, from, next, slice.passed());
        settle();
    }

    private Frame frame(Slice slice) {
        Frame frame = framer.frame(slice, previous);
        previous = slice.lastOffset();
        return frame;
    }

    /** True when everything that is in the log has been cut. */
    boolean isAtLiveEnd() {
        return isFinished() || (reader != null && !hasNextInRing(reader));
    }

    /** True when the end of the read is reached. */
    boolean isFinished() {
        return finished || end.reachedAt(next);
    }

    /** True while it waits for the log to answer. */
    boolean isWaitingForLog() {
        return !isFinished() && (reader == null && (history == null || (history.isWaiting() && !history.hasNext())));
    }

    /** The end of the read is known by its offset now. */
    void endAt(long offset) {
        end = new ReadEnd(offset, end.recordTimeMillis());
        settle();
    }

    /** The offset to be read next. */
    long nextOffset() {
        return next;
    }

    /** Events between this place and the live end. */
    long lagEvents() {
        Ring ring = tail.ring();
        return ring == null ? 0 : Math.max(0, ring.head() - next);
    }

    /** Offsets between this place and the live end, or the end of the read where that comes first. */
    long offsetsToCome() {
        return Math.min(lagEvents(), Math.max(0, end.offset() - next));
    }

    /** Where to go on, without a word about offsets that were passed over silently. */
    Place place() {
        return placeAt(previous + 1);
    }

    /** Where to go on, having passed offsets that hold no event; the chain continues from there. */
    Place placePassed() {
        previous = next - 1;
        return placeAt(next);
    }

    @Override
    public void tailMoved() {
        if (isKnownToHaveNext()) {
            return; // the stream knows it, so one that is stalled costs nothing here
        }
        settle();
        told = reader != null && hasNext(); // before the stream looks: what comes after its look, it is told of again
        stream.cursorMoved(this);
    }

    private boolean isKnownToHaveNext() {
        return reader != null ? told && !reader.isOvertaken() : history != null && history.hasNext();
    }

    @Override
    public void tailFailed(Throwable cause) {
        fail(cause);
    }

    @Override
    public void historyMoved() {
        settle();
        stream.cursorMoved(this);
    }

    @Override
    public void historyFailed(Throwable cause) {
        if (Reason.OFFSET_EXPIRED.isOf(cause)) {
            leaveHistory();
            skipExpired();
        } else {
            fail(cause);
        }
    }

    @Override
    public long historyNeededTo() {
        Ring ring = tail.ring();
        return ring == null ? end.offset() : Math.min(end.offset(), ring.base());
    }

    /** Chooses where to read: notes what has been read, joins the ring where possible, else reads history. */
    private void settle() {
        if (closed || askingBounds) {
            return;
        }
        if (reader != null) {
            settleInRing(reader);
        }
        if (history != null && !history.hasNext()) {
            next = Math.max(next, history.nextOffset());
        }
        if (reader == null && (history == null || !history.hasNext())) {
            joinOrReadOn();
        }
        if (isFinished()) {
            leaveHistory();
        }
    }

    private void settleInRing(RingReader current) {
        Ring ring = tail.ring();
        long head = ring == null ? next : ring.head();
        if (current.isOvertaken()) {
            told = false;
            reader = ring == null ? null : RingReader.at(ring, next);
            if (reader == null && rules.skips()) {
                reader = current; // skips when it is asked for events, so all that it misses until then is one gap
            } else if (reader == null && !isFinished()) {
                stream.cursorFellBehind(this, Math.max(0, head - next));
            }
        } else if (!current.hasNext()) {
            next = Math.max(next, head);
        }
    }

    /** Leaves out what the ring has given up, and some more, so that it does not happen again at once. */
    private void skipAhead(RingReader overtaken) {
        Ring ring = tail.ring();
        RingReader ahead = ring == null ? null : RingReader.inNewerHalf(ring);
        reader = ahead;
        if (ahead == null) {
            settle();
            return;
        }
        long from = next;
        boolean exact =
                selection.takesAll() && end.recordTimeMillis() == Long.MAX_VALUE && ahead.nextOffset() <= end.offset();
        next = Math.min(ahead.nextOffset(), end.offset());
        previous = next - 1;
        atMatch = false;
        stream.cursorSkippedAhead(this, from, next, exact ? ahead.eventsSince(overtaken) : OptionalLong.empty());
    }

    private void joinOrReadOn() {
        Ring ring = tail.ring();
        if (ring != null && selection.newestOnly()) {
            ring.followKeys();
        }
        told = false;
        reader = ring == null ? null : RingReader.at(ring, next);
        if (reader != null) {
            leaveHistory();
        } else if (!isFinished() && !closed) {
            readHistory(ring);
        }
    }

    private void readHistory(@Nullable Ring ring) {
        if (history != null) {
            if (history.readOn()) {
                settle(); // the batch may hold no event, and then the place behind it is what counts
            }
        } else if (ring != null || startsBehind) {
            history = histories.open(info, partition(), next, loop, this);
            readHistory(ring);
        }
    }

    private void leaveHistory() {
        if (history != null) {
            history.close();
            history = null;
        }
    }

    private void fail(Throwable cause) {
        if (!closed) {
            stream.cursorFailed(this, cause);
        }
    }

    private void skipExpired() {
        askingBounds = true;
        log.bounds(partition())
                .subscribe(bounds -> loop.execute(() -> skipTo(bounds)), cause -> loop.execute(() -> fail(cause)));
    }

    private void skipTo(PartitionBounds bounds) {
        askingBounds = false;
        if (closed) {
            return;
        }
        long from = next;
        next = Math.max(next, bounds.earliest());
        previous = next - 1;
        if (next > from) {
            stream.cursorSkipped(this, from, next);
        }
        settle();
        stream.cursorMoved(this);
    }

    private Place placeAt(long offset) {
        return Place.newBuilder()
                .setTopic(topic)
                .setPartition(partition().partition())
                .setNextOffset(offset)
                .setToken(token)
                .build();
    }

    /**
     * A batch on its way, or word that events were passed which will not be sent.
     *
     * @param frame what to send, if anything
     * @param events what it costs in events of credit
     * @param bytes what it costs in bytes of credit
     * @param examined what it has cost in events looked at one by one
     * @param fromLog true when it was read from the log's history, false when from the ring
     */
    record Cut(@Nullable Frame frame, int events, int bytes, int examined, boolean fromLog) {}
}
