// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.frame.Frame;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.limits.Shed;
import io.millrace.broker.loop.Outlet;
import io.millrace.broker.loop.StreamTimers;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.Cursor;
import io.millrace.v1.DrainReason;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StallReason;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeRequest;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;

/**
 * One subscriber: its cursors, its credit, and the frames that tell it how it stands.
 *
 * <p>Phases: {@code COMPILING → OPENING → REPLAYING ⇄ LIVE}; a seek opens anew. Batches come while there is credit; frames without
 * events cost none and go first. All of it happens on the stream's loop.
 */
final class Subscription extends Outlet<Frame> implements PartitionCursor.Stream {
    private static final AtomicLong SESSIONS = new AtomicLong();

    /** How long the log may keep a reader waiting before the wait is called a stall. */
    private static final Duration LOG_PATIENCE = Duration.ofSeconds(2);

    /** How many events one stream looks at, one by one, before the others of its loop have their turn. */
    private static final int EXAMINED_PER_TURN = 2048;

    private enum Phase {
        WAITING_FOR_OPEN,
        COMPILING,
        OPENING,
        REPLAYING,
        LIVE
    }

    private final Subscriptions broker;
    private final String sessionId = "s-" + Long.toHexString(SESSIONS.incrementAndGet());
    private final Requests requests = new Requests();
    private final StreamTimers timers;

    /** Frames without events. Bounded: each kind is put here once until the client has taken it. */
    private final ArrayDeque<Frame> control = new ArrayDeque<>();

    private Phase phase = Phase.WAITING_FOR_OPEN;
    private Credit credit = Credit.of(Optional.empty());
    private ReadSpec spec = ReadSpec.getDefaultInstance();
    private ReadRules rules = ReadRules.NONE;
    private final Turns turns = new Turns();
    private final Headway headway = new Headway();
    private int plans;
    private int examined;
    private boolean yielding;
    private boolean passedOver;
    private boolean ending;
    private boolean moved;
    private boolean heartbeatPending;
    private boolean fellBehindPending;
    /** The set of topics has changed; a heartbeat with the whole cursor tells so before anything else. */
    private boolean topicsChanged;

    private boolean joining;
    private TopicSelection selection = TopicSelection.NONE;
    private MatchingTopics.@Nullable Follower follower;
    private volatile Set<TopicName> topics = Set.of();
    private @Nullable Instant waitingForLogSince;

    Subscription(Subscriptions broker, EventExecutor loop, CoreSubscriber<? super Frame> actual) {
        super(loop, actual);
        this.broker = broker;
        this.timers = new StreamTimers(loop);
    }

    /** Takes the client's frames from now on. */
    BaseSubscriber<SubscribeRequest> requests() {
        return requests;
    }

    /** What is read, once it is known. From any thread. */
    Set<TopicName> topics() {
        return topics;
    }

    /** Begins to wait for the open frame. On the loop. */
    void begin() {
        if (isClosed()) {
            return;
        }
        if (!broker.mayBegin()) {
            refuseToBegin();
            return;
        }
        timers.once(
                broker.limits().openTimeout(),
                () -> refuse(Refusal.of(
                        Reason.OPEN_TIMEOUT,
                        "no open frame came within "
                                + broker.limits().openTimeout().toSeconds() + " s")));
    }

    /** Asks the client to move, and ends the stream after the grace. From any thread. */
    void drain(DrainReason reason, Duration grace) {
        onLoop(() -> {
            if (isClosed()) {
                return;
            }
            control.add(Messages.draining(reason, grace, cursor()));
            timers.once(grace, () -> refuse(Refusal.of(Reason.SERVER_DRAINING, "the stream had to move: " + reason)));
            wake();
        });
    }

    // ---- the client's frames

    private void received(SubscribeRequest request) {
        if (isClosed()) {
            return;
        }
        switch (request.getFrameCase()) {
            case OPEN -> open(request.getOpen());
            case CREDIT -> addCredit(request.getCredit());
            case SEEK -> seek(request.getSeek());
            case BEARER_TOKEN -> refuse(Refusal.of(Reason.NOT_SUPPORTED, "a bearer_token frame"));
            case FRAME_NOT_SET -> refuse(Refusal.of(Reason.REQUEST_INVALID, "a frame without content"));
        }
    }

    private void open(SubscribeOpen open) {
        if (phase != Phase.WAITING_FOR_OPEN) {
            refuse(Refusal.of(Reason.FRAME_OUT_OF_ORDER, "a second open frame"));
            return;
        }
        if (!broker.mayBegin()) {
            refuseToBegin();
            return;
        }
        if (!Credit.isLegal(open.getCredit())) {
            refuseNegativeCredit();
            return;
        }
        if (broker.overload().sheds(Shed.SUBSCRIPTIONS)) {
            refuse(Overload.refusal("no new subscription"));
            return;
        }
        timers.cancelAll();
        timers.jittered(broker.limits().maxStreamAge(), this::grewOld);
        timers.every(broker.limits().heartbeatInterval(), this::heartbeat);
        spec = open.getSpec();
        credit = Credit.of(open.hasCredit() ? Optional.of(open.getCredit()) : Optional.empty());
        phase = Phase.COMPILING;
        ReadRules.read(spec, broker.filters())
                .subscribe(read -> onLoop(() -> follow(read)), cause -> onLoop(() -> finish(cause)));
    }

    private void follow(ReadRules read) {
        if (isClosed()) {
            return;
        }
        rules = read;
        if (!read.conflateInterval().isZero()) {
            timers.every(read.conflateInterval(), this::tick);
        }
        plan();
    }

    private void addCredit(io.millrace.v1.Credit more) {
        if (phase == Phase.WAITING_FOR_OPEN) {
            refuse(Refusal.of(Reason.FRAME_OUT_OF_ORDER, "a credit frame before the open frame"));
        } else if (!Credit.isLegal(more)) {
            refuseNegativeCredit();
        } else {
            credit.add(more);
            wake();
        }
    }

    private void seek(StartPosition start) {
        if (phase == Phase.WAITING_FOR_OPEN) {
            refuse(Refusal.of(Reason.FRAME_OUT_OF_ORDER, "a seek frame before the open frame"));
            return;
        }
        closeCursors();
        spec = spec.toBuilder().setStart(start).build();
        if (phase != Phase.COMPILING) {
            plan();
        }
    }

    private void refuseToBegin() {
        refuse(Refusal.of(Reason.SERVER_DRAINING, "no new subscription while the server is stopping"));
    }

    private void refuseNegativeCredit() {
        refuse(Refusal.of(Reason.REQUEST_INVALID, "credit cannot be negative"));
    }

    private void plan() {
        phase = Phase.OPENING;
        int planned = ++plans;
        broker.planner()
                .plan(spec)
                .subscribe(
                        plan -> answered(() -> start(plan, planned)),
                        cause -> answered(() -> failPlan(cause, planned)));
    }

    /** The log has answered. Once the broker has stopped there is no loop any more, and no stream either. */
    private void answered(Runnable task) {
        try {
            loop().execute(task);
        } catch (RejectedExecutionException stopped) {
            // the stream ended with the broker
        }
    }

    private void failPlan(Throwable cause, int planned) {
        if (planned == plans) {
            finish(cause);
        }
    }

    private void start(ReadPlan plan, int planned) {
        if (isClosed() || planned != plans) {
            return;
        }
        selection = plan.selection();
        headway.begin();
        take(plan);
        phase = Phase.REPLAYING;
        control.add(Messages.opened(sessionId, cursor(), broker.limits()));
        plan.starts()
                .filter(PartitionStart::hasGap)
                .forEach(start ->
                        control.add(Messages.gap(start.gapReason(), start.partition(), start.asked(), start.from())));
        turns.all().forEach(PartitionCursor::start);
        turns.reviewAll();
        if (plan.grows()) {
            follower = broker.matching().follow(selection, loop(), this::matched);
        }
        Instant endTime = plan.endTime();
        if (endTime != null) {
            timers.once(Duration.between(broker.clock().instant(), endTime), () -> endTimeHasCome(endTime));
        }
        wake();
    }

    /** Makes the cursors of a plan, which do not read yet. */
    private List<PartitionCursor> take(ReadPlan plan) {
        List<PartitionCursor> taken = plan.topics().stream()
                .flatMap(topic ->
                        topic.starts().stream().map(start -> broker.cursor(topic.topic(), start, rules, loop(), this)))
                .toList();
        turns.add(taken);
        tellTopics();
        return taken;
    }

    private void tellTopics() {
        topics = turns.all().stream().map(cursor -> cursor.partition().topic()).collect(Collectors.toUnmodifiableSet());
    }

    /** From now on no record can be older than the end time, so its offsets are known. */
    private void endTimeHasCome(Instant endTime) {
        stopFollowing();
        broker.planner()
                .endOffsets(turns.all().stream().map(PartitionCursor::partition).toList(), endTime)
                .subscribe(
                        ends -> answered(() -> {
                            turns.all().forEach(cursor -> cursor.endAt(ends.getOrDefault(cursor.partition(), 0L)));
                            turns.reviewAll();
                            wake();
                        }),
                        cause -> answered(() -> finish(cause)));
    }

    // ---- topics that come and go

    /** These topics match now. A new one waits for the next round while the last change is not told yet. */
    private void matched(List<TopicName> matching) {
        if (!isOpen() || joining || topicsChanged || follower == null) {
            return;
        }
        List<TopicName> more =
                matching.stream().filter(topic -> !topics.contains(topic)).toList();
        if (more.isEmpty()) {
            return;
        }
        joining = true;
        int planned = plans;
        broker.planner()
                .join(spec, selection, more, turns.all().size())
                .subscribe(
                        plan -> answered(() -> join(plan, planned)), cause -> answered(() -> failJoin(cause, planned)));
    }

    private void join(ReadPlan plan, int planned) {
        joining = false;
        if (isClosed() || planned != plans || follower == null) {
            return;
        }
        List<PartitionCursor> joined = take(plan);
        topicsChanged = !joined.isEmpty();
        joined.forEach(PartitionCursor::start);
        joined.forEach(turns::review);
        wake();
    }

    /** The next round tries again, unless there are too many. */
    private void failJoin(Throwable cause, int planned) {
        joining = false;
        if (planned == plans && Reason.TOO_MANY_PARTITIONS.isOf(cause)) {
            finish(cause);
        }
    }

    private void leave(TopicName topic) {
        release(turns.remove(cursor -> cursor.partition().topic().equals(topic)));
        tellTopics();
        topicsChanged = true;
        wake();
    }

    private void stopFollowing() {
        if (follower != null) {
            follower.close();
            follower = null;
        }
    }

    // ---- the next frame

    @Override
    protected @Nullable Frame produce() {
        Frame next = nextFrame();
        moved |= next != null;
        return next;
    }

    @Override
    protected boolean canProduce() {
        return !control.isEmpty()
                || ending
                || (isOpen() && (topicsChanged || mayCut() || hasFinished() || hasCaughtUp()));
    }

    /** False while others have their turn. */
    private boolean mayCut() {
        return !yielding && nextInTurn() != null;
    }

    /** Whose turn it is; without credit, the turn of one that can pass over what will not be sent. */
    private @Nullable PartitionCursor nextInTurn() {
        return credit.isExhausted() ? turns.firstToPass() : turns.first();
    }

    private @Nullable Frame nextFrame() {
        if (!control.isEmpty()) {
            return nextControl();
        }
        if (ending) {
            finish(null);
            return null;
        }
        if (!isOpen()) {
            return null;
        }
        if (topicsChanged) {
            topicsChanged = false;
            return heartbeat(StallReason.STALL_REASON_UNSPECIFIED);
        }
        if (hasCaughtUp() && !hasFinished()) {
            return caughtUp();
        }
        Frame batch = mayCut() ? nextBatch() : null;
        if (batch != null) {
            return batch;
        }
        return control.isEmpty() ? nextNews() : nextControl();
    }

    private @Nullable Frame nextControl() {
        heartbeatPending = false;
        fellBehindPending = false;
        return control.poll();
    }

    /** Partitions take turns. Without credit they only pass over what will not be sent. */
    private @Nullable Frame nextBatch() {
        int maxEvents = credit.isExhausted() ? 0 : credit.maxEvents();
        int maxBytes = credit.maxBytes(broker.limits().batchBytes());
        while (mayCut() && control.isEmpty()) {
            PartitionCursor cursor = Objects.requireNonNull(nextInTurn(), "somebody may cut");
            PartitionCursor.Cut cut = cursor.next(maxEvents, maxBytes);
            turns.pass(cursor);
            if (cut != null) {
                credit.spend(cut.events(), cut.bytes());
                examine(cut);
                if (cut.frame() != null) {
                    pace(cut);
                    return cut.frame();
                }
            }
        }
        return null;
    }

    /** Where much has been looked at, or for nothing, the loop goes on with others before this stream does. */
    private void examine(PartitionCursor.Cut cut) {
        examined += cut.examined();
        passedOver = cut.frame() == null;
        if (examined >= EXAMINED_PER_TURN || (cut.frame() == null && mayCut())) {
            yielding = true;
            loop().execute(this::goOn);
        }
    }

    /** A long replay waits where it would slow down those who are served live, unless it would never be one of them. */
    private void pace(PartitionCursor.Cut cut) {
        if (!cut.fromLog()) {
            broker.replayPace().servedLive();
            return;
        }
        if (!headway.mayWait(cut.bytes(), System.nanoTime(), turns)) {
            return;
        }
        long pauseNanos = broker.replayPace().spend(loop(), cut.bytes());
        if (pauseNanos > 0 && !yielding) {
            yielding = true;
            loop().schedule(this::goOn, pauseNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void goOn() {
        yielding = false;
        examined = 0;
        wake();
    }

    /** What follows from having nothing more to send. */
    private @Nullable Frame nextNews() {
        if (hasFinished()) {
            ending = true;
            return lastPlace();
        }
        return hasCaughtUp() ? caughtUp() : null;
    }

    private Frame caughtUp() {
        phase = Phase.LIVE;
        headway.begin();
        return Messages.caughtUp(passed(), broker.clock().instant());
    }

    private boolean isOpen() {
        return phase == Phase.REPLAYING || phase == Phase.LIVE;
    }

    private boolean hasFinished() {
        return !ending && follower == null && turns.areFinished();
    }

    private boolean hasCaughtUp() {
        return phase == Phase.REPLAYING && turns.areCaughtUp();
    }

    // ---- what the cursors tell

    @Override
    public void cursorMoved(PartitionCursor cursor) {
        turns.review(cursor);
        wake();
    }

    @Override
    public void cursorFellBehind(PartitionCursor cursor, long lagEvents) {
        if (phase != Phase.LIVE) {
            turns.fellBehind(cursor);
            return;
        }
        if (rules.disconnects()) {
            loop().execute(() -> refuse(Refusal.of(
                    Reason.SLOW_CONSUMER, "the reader of " + cursor.partition() + " is " + lagEvents + " behind")));
            return;
        }
        turns.fellBehind(cursor);
        phase = Phase.REPLAYING;
        if (!fellBehindPending) {
            fellBehindPending = true;
            control.add(Messages.fellBehind(cursor(), lagEvents));
        }
    }

    @Override
    public void cursorSkipped(PartitionCursor cursor, long from, long to) {
        control.add(Messages.retentionGap(cursor.partition(), from, to));
    }

    @Override
    public void cursorSkippedAhead(PartitionCursor cursor, long from, long to, OptionalLong events) {
        control.add(Messages.skippedGap(cursor.partition(), from, to, events));
    }

    @Override
    public void cursorWithheld(PartitionCursor cursor, long from, long to, int events) {
        control.add(Messages.corruptGap(cursor.partition(), from, to, events));
    }

    @Override
    public void cursorFailed(PartitionCursor cursor, Throwable cause) {
        TopicName topic = cursor.partition().topic();
        if (ReadPlanner.isGone(cause) && !selection.named().contains(topic)) {
            leave(topic);
        } else {
            finish(cause);
        }
    }

    // ---- time

    private void heartbeat() {
        if (!moved && !heartbeatPending && isOpen()) {
            heartbeatPending = true;
            control.add(heartbeat(stallReason()));
            passedOver = false;
        }
        moved = false;
        wake();
    }

    private void tick() {
        turns.all().forEach(PartitionCursor::tick);
        turns.reviewAll();
        wake();
    }

    private void grewOld() {
        drain(DrainReason.DRAIN_REASON_MAX_AGE, broker.limits().drainGrace());
    }

    private Frame lastPlace() {
        return heartbeat(StallReason.STALL_REASON_UNSPECIFIED);
    }

    private Frame heartbeat(StallReason reason) {
        return Messages.heartbeat(passed(), broker.clock().instant(), turns.lagEvents(), credit.left(), reason);
    }

    private StallReason stallReason() {
        boolean waiting = turns.all().stream().anyMatch(PartitionCursor::isWaitingForLog);
        Instant now = broker.clock().instant();
        waitingForLogSince = !waiting ? null : waitingForLogSince == null ? now : waitingForLogSince;
        if (passedOver && !credit.isExhausted()) {
            return StallReason.STALL_REASON_FILTER_REJECTS;
        }
        if (turns.first() != null) {
            return credit.isExhausted() ? StallReason.STALL_REASON_NO_CREDIT : StallReason.STALL_REASON_TRANSPORT_FULL;
        }
        if (!broker.isLogThere()) {
            return StallReason.STALL_REASON_LOG_UNAVAILABLE;
        }
        if (waiting && broker.overload().sheds(Shed.REPLAYS)) {
            return StallReason.STALL_REASON_OVERLOAD;
        }
        if (waitingForLogSince != null && now.isAfter(waitingForLogSince.plus(LOG_PATIENCE))) {
            return StallReason.STALL_REASON_LOG_UNAVAILABLE;
        }
        return waiting ? StallReason.STALL_REASON_UNSPECIFIED : StallReason.STALL_REASON_NO_DATA;
    }

    // ---- the end

    private void refuse(Refusal refusal) {
        finish(refusal.asException());
    }

    @Override
    protected void release() {
        timers.cancelAll();
        closeCursors();
        control.clear();
        broker.ended(this);
    }

    private void closeCursors() {
        stopFollowing();
        joining = false;
        topicsChanged = false;
        release(turns.remove(cursor -> true));
    }

    private void release(List<PartitionCursor> cursors) {
        cursors.forEach(cursor -> broker.release(cursor.close()));
    }

    /** As {@link #cursor}, but the client is told to count what was passed over silently as passed. */
    private Cursor passed() {
        Cursor.Builder passed = Cursor.newBuilder();
        turns.all().forEach(partition -> passed.addPlaces(partition.placePassed()));
        return passed.build();
    }

    private Cursor cursor() {
        Cursor.Builder cursor = Cursor.newBuilder();
        turns.all().forEach(partition -> cursor.addPlaces(partition.place()));
        return cursor.build();
    }

    /** The client's half of the stream. Never cancelled: that would end the call without a status. */
    private final class Requests extends BaseSubscriber<SubscribeRequest> {
        @Override
        protected void hookOnNext(SubscribeRequest request) {
            onLoop(() -> received(request));
        }

        /** The client has gone; there is nobody to tell. */
        @Override
        protected void hookOnError(Throwable cause) {
            Subscription.this.cancel();
        }
    }
}
