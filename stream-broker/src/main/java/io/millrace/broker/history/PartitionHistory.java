// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.history;

import io.millrace.broker.frame.EventFramer;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.limits.Shed;
import io.millrace.broker.ring.Page;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The part of one partition's past that is in memory, and the reads that are under way for it. Thread-safe.
 */
final class PartitionHistory {
    /*
     * Maintainer's note. A replay holds a place. At the end of a chunk it enters the one that covers its place; where
     * there is none it follows the lead that stands there or a little before, and else begins one. Everybody moves at
     * their own pace: the foremost replay makes the lead go on, the others find what it brought, and whoever is slower
     * than the cache is long finds nothing and begins a lead of its own.
     *
     * What the log brings is framed by a thread beside the one that reads, so that a lone replay has both; a lead has
     * two batches there at most, which is as far as replays have read ahead. Where many leads are read at once the
     * reading threads frame for themselves, so what waits to be framed does not grow with the leads.
     *
     * Exactness rests on two facts: a chunk says which offsets it covers, so holes belong to it and no place between two
     * chunks is skipped; and a replay enters a chunk only when it covers the replay's place.
     *
     * What is given up first: chunks that all have passed who follow their lead, for what is kept for nobody outlives the
     * young generation, and then replays cost a full collection every second or two; beyond the bound those in which
     * nobody stands, and then any, always the oldest first. While the ledger has no room only chunks in which somebody
     * stands are kept. The newest chunk is always kept, for it has just been asked for. A chunk that nobody has read from
     * for a while is given up whoever stands in it. The bytes of pages that are given up are used for the next chunks,
     * unless somebody is reading them just then.
     *
     * The lock is held for a few list operations, and never while the log, a loop or a replay is called.
     */

    /** A chunk is about 512 KiB of Kafka's batches, so this is some thirty places that differ. */
    static final long MAX_BYTES = 16L << 20;

    /** While this much is held, what all have passed is kept for those who begin a little later. */
    private static final long PASSED_BYTES = 3L << 20;

    /** How many chunks a moving replay has in front of it. */
    private static final int AHEAD = 2;

    /** How far behind a place a lead may have read for a replay to wait for it rather than to begin another. */
    private static final int NEAR_OFFSETS = 1024;

    private final EventLog log;
    private final TopicPartition partition;
    private final Executor framing;
    private final Overload overload;
    private final MemoryLedger.Account account;
    private final SparePages spare;
    private final long maxBytes;
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private final List<Lead> leads = new ArrayList<>();
    private boolean closed;

    /** Replays that are open. Changed by {@link Histories} only, inside its map's own lock. */
    int holders;

    /**
     * @param framing runs tasks, on the calling thread where it has no room
     */
    PartitionHistory(EventLog log, TopicPartition partition, Executor framing, Overload overload, long maxBytes) {
        this.log = log;
        this.partition = partition;
        this.framing = framing;
        this.overload = overload;
        this.account = overload.ledger().open();
        this.spare = new SparePages(account);
        this.maxBytes = maxBytes;
    }

    TopicPartition partition() {
        return partition;
    }

    /** True while memory is so short that nothing more is read. */
    boolean isShed() {
        return overload.sheds(Shed.REPLAYS);
    }

    /**
     * Moves a replay on to the chunk that covers its place. Where there is none it is told as soon as there may be one,
     * and the answer is {@code null}. On the replay's loop.
     */
    @Nullable
    Chunk enter(Replay replay, long place, long neededTo) {
        List<Lead> abandoned = new ArrayList<>(1);
        Chunk chunk;
        Lead lead;
        boolean begins = false;
        boolean asks;
        synchronized (this) {
            leaveChunk(replay);
            replay.enteredAt = place;
            chunk = chunkAt(place);
            if (chunk != null) {
                lead = chunk.lead();
                stand(replay, chunk);
                follow(replay, lead, abandoned);
                asks = readAhead(lead, chunk.number() + AHEAD, neededTo);
            } else {
                lead = leadNear(place);
                if (lead == null) {
                    lead = new Lead(this, place);
                    leads.add(lead);
                    begins = true;
                }
                follow(replay, lead, abandoned);
                lead.waiting.add(replay);
                asks = !lead.requested && !lead.isFraming();
                lead.requested |= asks;
            }
        }
        abandoned.forEach(Lead::cancel);
        if (begins) {
            log.read(partition, place, Long.MAX_VALUE).subscribe(lead);
        } else if (asks) {
            lead.request(1);
        }
        return chunk;
    }

    /** A replay has gone. On its loop. */
    void leave(Replay replay) {
        List<Lead> abandoned = new ArrayList<>(1);
        synchronized (this) {
            leaveChunk(replay);
            leaveLead(replay, abandoned);
        }
        abandoned.forEach(Lead::cancel);
    }

    /** A batch has come, which will be framed. True when the lead shall request another one. On the log's thread. */
    boolean arrived(Lead lead, LogBatch batch) {
        boolean goesOn;
        boolean begins;
        synchronized (this) {
            if (closed || !lead.open) {
                return false;
            }
            if (batch.fromOffset() != lead.readTo) {
                throw new IllegalStateException("the read of " + partition + " stands at " + lead.readTo
                        + ", and a batch begins at " + batch.fromOffset());
            }
            lead.readTo = batch.nextOffset();
            lead.arrived++;
            lead.unframed.add(batch);
            begins = !lead.inFraming;
            lead.inFraming = true;
            lead.requested = wantsMore(lead);
            goesOn = lead.requested;
        }
        if (begins) {
            framing.execute(() -> frameAll(lead));
        }
        return goesOn;
    }

    private void frameAll(Lead lead) {
        try {
            for (LogBatch batch = nextUnframed(lead); batch != null; batch = nextUnframed(lead)) {
                framed(lead, batch, Page.of(batch.events(), EventFramer.ofThisThread(), this::spareBytes));
            }
        } catch (RuntimeException fault) {
            lead.cancel();
            fail(lead, fault);
        }
    }

    private synchronized byte @Nullable [] spareBytes() {
        return spare.take();
    }

    private @Nullable LogBatch nextUnframed(Lead lead) {
        Throwable failure;
        synchronized (this) {
            LogBatch next = closed || !lead.open ? null : lead.unframed.poll();
            if (next != null) {
                return next;
            }
            lead.unframed.clear();
            lead.inFraming = false;
            failure = lead.failure;
        }
        if (failure != null) {
            fail(lead, failure);
        }
        return null;
    }

    private void framed(Lead lead, LogBatch batch, List<Page> pages) {
        List<Replay> woken;
        synchronized (this) {
            if (closed || !lead.open) {
                return;
            }
            lead.position = batch.nextOffset();
            lead.framed++;
            woken = List.copyOf(lead.waiting);
            lead.waiting.clear();
            keep(new Chunk(lead, lead.framed, batch.fromOffset(), batch.nextOffset(), pages), !woken.isEmpty());
        }
        woken.forEach(Replay::wake);
    }

    /** The log cannot be read on there. On any thread. */
    void failed(Lead lead, Throwable cause) {
        synchronized (this) {
            if (lead.inFraming) {
                lead.failure = cause; // told behind what was read before
                return;
            }
        }
        fail(lead, cause);
    }

    private void fail(Lead lead, Throwable cause) {
        List<Replay> told;
        synchronized (this) {
            lead.open = false;
            leads.remove(lead);
            told = List.copyOf(lead.waiting);
            lead.waiting.clear();
        }
        told.forEach(replay -> replay.fail(cause));
    }

    /** Gives up the chunks that nobody has read from since the last call. True while there may be more to give up. */
    synchronized boolean giveUpIdle() {
        Iterator<Chunk> oldestFirst = chunks.iterator();
        while (oldestFirst.hasNext()) {
            Chunk chunk = oldestFirst.next();
            if (chunk.isIdle()) {
                oldestFirst.remove();
                giveUp(chunk);
                spare.clear();
            }
        }
        return !closed;
    }

    /** Gives everything up; the replays have gone. */
    void close() {
        List<Lead> abandoned;
        synchronized (this) {
            closed = true;
            chunks.forEach(Chunk::giveUp);
            chunks.clear();
            abandoned = List.copyOf(leads);
            leads.clear();
            abandoned.forEach(lead -> lead.open = false);
            account.close();
        }
        abandoned.forEach(Lead::cancel);
    }

    private @Nullable Chunk chunkAt(long place) {
        for (Chunk chunk : chunks) {
            if (chunk.covers(place)) {
                return chunk;
            }
        }
        return null;
    }

    private @Nullable Lead leadNear(long place) {
        for (Lead lead : leads) {
            if (lead.position <= place && place - lead.readTo <= NEAR_OFFSETS) {
                return lead;
            }
        }
        return null;
    }

    private static void stand(Replay replay, Chunk chunk) {
        replay.standsIn = chunk;
        chunk.replays++;
        chunk.awaited = false;
        chunk.touch();
    }

    private static void leaveChunk(Replay replay) {
        Chunk left = replay.standsIn;
        if (left != null) {
            left.replays--;
            replay.standsIn = null;
        }
    }

    private void follow(Replay replay, Lead lead, List<Lead> abandoned) {
        if (replay.follows != lead && lead.open) {
            leaveLead(replay, abandoned);
            replay.follows = lead;
            lead.followers.add(replay);
        }
    }

    private void leaveLead(Replay replay, List<Lead> abandoned) {
        Lead left = replay.follows;
        replay.follows = null;
        if (left == null) {
            return;
        }
        left.waiting.remove(replay);
        left.followers.remove(replay);
        if (left.followers.isEmpty() && left.open) {
            left.open = false;
            leads.remove(left);
            abandoned.add(left);
        }
    }

    private static boolean readAhead(Lead lead, long wanted, long neededTo) {
        lead.wanted = Math.max(lead.wanted, wanted);
        lead.neededTo = Math.max(lead.neededTo, neededTo);
        boolean asks = lead.open && !lead.requested && wantsMore(lead);
        lead.requested |= asks;
        return asks;
    }

    private static boolean wantsMore(Lead lead) {
        return lead.arrived < lead.wanted && lead.readTo < lead.neededTo;
    }

    private void keep(Chunk newest, boolean awaited) {
        newest.awaited = awaited;
        account.take(newest.heldBytes());
        boolean hasRoom = overload.ledger().hasRoom();
        giveUpBeyond(Math.min(maxBytes, PASSED_BYTES), PartitionHistory::isPassed);
        giveUpBeyond(hasRoom ? maxBytes : newest.heldBytes(), PartitionHistory::isUnused);
        giveUpBeyond(maxBytes, any -> true);
        chunks.addLast(newest);
        if (!hasRoom) {
            spare.clear();
        }
    }

    /** Gives up chunks of a kind, the oldest first, until no more than this is held or none of them is left. */
    private void giveUpBeyond(long bytes, Predicate<Chunk> kind) {
        Iterator<Chunk> oldestFirst = chunks.iterator();
        while (account.heldBytes() > bytes && oldestFirst.hasNext()) {
            Chunk chunk = oldestFirst.next();
            if (kind.test(chunk)) {
                oldestFirst.remove();
                giveUp(chunk);
            }
        }
    }

    /** Nobody who reads with the lead that brought it will come to it, unless one that has stood for long goes on. */
    private static boolean isPassed(Chunk chunk) {
        return isUnused(chunk)
                && chunk.lead().followers.stream()
                        .allMatch(replay -> replay.enteredAt >= chunk.nextOffset() || replay.standsOnNothing());
    }

    private static boolean isUnused(Chunk chunk) {
        return chunk.replays == 0 && !chunk.awaited;
    }

    private void giveUp(Chunk chunk) {
        List<Page> left = chunk.giveUp();
        account.give(chunk.heldBytes());
        left.forEach(spare::add);
    }
}
