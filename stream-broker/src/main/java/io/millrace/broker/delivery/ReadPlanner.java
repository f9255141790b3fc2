// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.ring.ReadEnd;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.EndPosition;
import io.millrace.v1.ExpiredStartPolicy;
import io.millrace.v1.Place;
import io.millrace.v1.Position;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Turns what a client asks to read into places of the log, or refuses it. */
final class ReadPlanner {
    private static final int LOOKUPS_AT_ONCE = 16;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final EventLog log;
    private final Clock clock;

    ReadPlanner(EventLog log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * The plan of a read. Errors with the refusal that fits: what is not supported, a missing topic, a cursor that is
     * altered, foreign or expired, an offset that is not there.
     */
    Mono<ReadPlan> plan(ReadSpec spec) {
        return Mono.defer(() -> {
            TopicName topic = theTopic(spec);
            refuseUnsupported(spec);
            return log.topics().describe(topic).flatMap(info -> plan(spec, info));
        });
    }

    /** Where the partitions of a plan end, once its end time has come. */
    Mono<Map<TopicPartition, Long>> endOffsets(ReadPlan plan, Instant endTime) {
        return Flux.fromIterable(plan.starts())
                .flatMapSequential(
                        start -> log.offsetAt(start.partition(), endTime)
                                .map(offset -> Map.entry(start.partition(), offset)),
                        LOOKUPS_AT_ONCE)
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private Mono<ReadPlan> plan(ReadSpec spec, TopicInfo info) {
        Map<Integer, Long> given = givenStarts(spec.getStart(), info);
        Map<Integer, Long> givenEnds = givenEnds(spec.getEnd(), info);
        Instant endTime =
                spec.getEnd().hasTime() ? EventCodec.toInstant(spec.getEnd().getTime(), "end.time") : null;
        Instant openEnd = endTime != null && endTime.isAfter(clock.instant()) ? endTime : null;
        return Flux.fromIterable(partitionsToRead(spec.getStart(), info, given))
                .flatMapSequential(
                        partition -> log.bounds(partition).map(bounds -> new Bounded(partition, bounds)),
                        LOOKUPS_AT_ONCE)
                .collectList()
                .flatMapMany(all -> Flux.fromIterable(all)
                        .flatMapSequential(
                                one -> start(spec.getStart(), one, all, given)
                                        .flatMap(asked -> end(spec.getEnd(), one, givenEnds, endTime, openEnd)
                                                .map(end -> checked(spec.getStart(), one, asked, end))),
                                LOOKUPS_AT_ONCE))
                .collectList()
                .map(starts -> new ReadPlan(info, starts, openEnd));
    }

    private static TopicName theTopic(ReadSpec spec) {
        if (spec.getTopicsCount() == 0) {
            throw refused(Reason.REQUEST_INVALID, "spec.topics names no topic");
        }
        String topic = spec.getTopics(0);
        if (spec.getTopicsCount() > 1 || topic.contains("*") || topic.contains(">")) {
            throw refused(Reason.NOT_SUPPORTED, "reading several topics or a pattern on one stream");
        }
        return TopicResource.parse(topic);
    }

    private static void refuseUnsupported(ReadSpec spec) {
        refuseIf(spec.getHeadersOnly(), "spec.headers_only");
        refuseIf(spec.getStart().hasSnapshot(), "spec.start.snapshot");
        refuseIf(spec.getStart().hasStoredCursor(), "spec.start.stored_cursor");
        if (spec.getStart().hasLastCount() && spec.getStart().getLastCount() < 0) {
            throw refused(Reason.REQUEST_INVALID, "spec.start.last_count is negative");
        }
    }

    private static void refuseIf(boolean unsupported, String what) {
        if (unsupported) {
            throw refused(Reason.NOT_SUPPORTED, what);
        }
    }

    /** Only the partitions that explicit offsets name; otherwise all. */
    private static List<TopicPartition> partitionsToRead(
            StartPosition start, TopicInfo info, Map<Integer, Long> given) {
        return info.topicPartitions().stream()
                .filter(partition -> !start.hasOffsets() || given.containsKey(partition.partition()))
                .toList();
    }

    private static Map<Integer, Long> givenStarts(StartPosition start, TopicInfo info) {
        if (start.hasCursor()) {
            return places(start.getCursor().getPlacesList(), info);
        }
        if (start.hasOffsets() && start.getOffsets().getPositionsCount() == 0) {
            throw refused(Reason.REQUEST_INVALID, "spec.start.offsets names no position");
        }
        return start.hasOffsets() ? positions(start.getOffsets().getPositionsList(), info) : Map.of();
    }

    private static Map<Integer, Long> givenEnds(EndPosition end, TopicInfo info) {
        return end.hasCursor()
                ? places(end.getCursor().getPlacesList(), info)
                : positions(end.getOffsets().getPositionsList(), info);
    }

    private static Map<Integer, Long> places(List<Place> places, TopicInfo info) {
        Map<Integer, Long> offsets = new HashMap<>();
        for (Place place : places) {
            PlaceTokens.check(place, info);
            offsets.put(place.getPartition(), place.getNextOffset());
        }
        return offsets;
    }

    private static Map<Integer, Long> positions(List<Position> positions, TopicInfo info) {
        Map<Integer, Long> offsets = new HashMap<>();
        for (Position position : positions) {
            if (!position.getTopic().isEmpty()
                    && !TopicResource.parse(position.getTopic()).equals(info.name())) {
                throw refused(Reason.REQUEST_INVALID, "the position is of another topic, " + position.getTopic());
            }
            if (position.getPartition() < 0 || position.getPartition() >= info.partitions()) {
                throw Refusal.partitionNotFound(info.name().value(), position.getPartition())
                        .asException();
            }
            if (offsets.put(position.getPartition(), position.getOffset()) != null) {
                throw refused(Reason.REQUEST_INVALID, "partition " + position.getPartition() + " has two positions");
            }
        }
        return offsets;
    }

    private Mono<Long> start(StartPosition start, Bounded one, List<Bounded> all, Map<Integer, Long> given) {
        return switch (start.getStartCase()) {
            case EARLIEST -> Mono.just(one.bounds.earliest());
            case CURSOR, OFFSETS -> Mono.just(given.getOrDefault(one.partition.partition(), one.bounds.earliest()));
            case TIME -> log.offsetAt(one.partition, EventCodec.toInstant(start.getTime(), "start.time"));
            case LAST_COUNT -> Mono.just(lastStart(start.getLastCount(), one, all));
            case LATEST, START_NOT_SET -> Mono.just(one.bounds.end());
            case STORED_CURSOR, SNAPSHOT -> throw refused(Reason.NOT_SUPPORTED, "this start");
        };
    }

    /**
     * The last events are shared out evenly; what a short partition cannot give, longer ones give in its stead.
     */
    private static long lastStart(long count, Bounded one, List<Bounded> all) {
        List<Bounded> shortestFirst = new ArrayList<>(all);
        shortestFirst.sort((a, b) -> Long.compare(a.held(), b.held()));
        long left = count;
        for (int i = 0; i < shortestFirst.size(); i++) {
            int sharers = shortestFirst.size() - i;
            long share = Math.min(shortestFirst.get(i).held(), left / sharers + (left % sharers == 0 ? 0 : 1));
            if (shortestFirst.get(i) == one) {
                return one.bounds.end() - share;
            }
            left -= share;
        }
        return one.bounds.end();
    }

    private Mono<ReadEnd> end(
            EndPosition end,
            Bounded one,
            Map<Integer, Long> given,
            @Nullable Instant endTime,
            @Nullable Instant openEnd) {
        return switch (end.getEndCase()) {
            case END_NOT_SET -> Mono.just(ReadEnd.NEVER);
            case LIVE_END -> Mono.just(ReadEnd.atOffset(one.bounds.end()));
            case CURSOR, OFFSETS ->
                Mono.just(ReadEnd.atOffset(given.getOrDefault(one.partition.partition(), one.bounds.end())));
            case TIME ->
                openEnd != null || endTime == null
                        ? Mono.just(ReadEnd.atTime(ceilMillis(end)))
                        : log.offsetAt(one.partition, endTime).map(ReadEnd::atOffset);
        };
    }

    private static long ceilMillis(EndPosition end) {
        Instant time = EventCodec.toInstant(end.getTime(), "end.time");
        return time.toEpochMilli() + (time.getNano() % NANOS_PER_MILLI == 0 ? 0 : 1);
    }

    private static PartitionStart checked(StartPosition start, Bounded one, long asked, ReadEnd end) {
        PartitionBounds bounds = one.bounds;
        if (asked > bounds.end() || asked < 0) {
            throw Refusal.offsetOutOfRange(one.partition.toString(), asked, bounds.earliest(), bounds.end())
                    .asException();
        }
        long from = asked < bounds.earliest() ? instead(start, one, asked) : asked;
        return new PartitionStart(one.partition, asked, from, end, bounds);
    }

    /** Where to begin when retention has removed the place that was asked for. */
    private static long instead(StartPosition start, Bounded one, long asked) {
        if (start.getExpiredStartPolicy() == ExpiredStartPolicy.EXPIRED_START_POLICY_EARLIEST) {
            return one.bounds.earliest();
        }
        if (start.getExpiredStartPolicy() == ExpiredStartPolicy.EXPIRED_START_POLICY_LATEST) {
            return one.bounds.end();
        }
        Refusal expired = Refusal.offsetExpired(one.partition.toString(), asked, one.bounds.earliest());
        throw start.hasCursor()
                ? new Refusal(Reason.CURSOR_EXPIRED, expired.message(), expired.metadata()).asException()
                : expired.asException();
    }

    private static RefusedException refused(Reason reason, String message) {
        return Refusal.of(reason, message).asException();
    }

    private record Bounded(TopicPartition partition, PartitionBounds bounds) {
        long held() {
            return bounds.end() - bounds.earliest();
        }
    }
}
