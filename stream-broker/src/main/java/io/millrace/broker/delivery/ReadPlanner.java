// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.limits.TopicLimits;
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
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.wire.EventCodec;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Turns what a client asks to read into places of the log, or refuses it. A start applies to each topic and partition;
 * where a cursor has no place for one, it is read from its earliest event, for it may have come after the cursor.
 */
final class ReadPlanner {
    private static final int LOOKUPS_AT_ONCE = 16;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final StartPosition EARLIEST = StartPosition.newBuilder()
            .setEarliest(StartPosition.Earliest.getDefaultInstance())
            .build();

    private final EventLog log;
    private final TopicLimits limits;
    private final Clock clock;

    ReadPlanner(EventLog log, TopicLimits limits, Clock clock) {
        this.log = log;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * The plan of a read. Errors with the refusal that fits: what is not supported, a missing topic, a cursor that is
     * altered, foreign or expired, an offset that is not there, more partitions than a stream may read.
     */
    Mono<ReadPlan> plan(ReadSpec spec) {
        return Mono.defer(() -> {
            TopicSelection selection = TopicSelection.of(spec);
            refuseUnsupported(spec);
            requireRoom(selection.named().size());
            return matching(selection).flatMap(matching -> {
                requireRoom(selection.named().size() + matching.size());
                return Flux.concat(named(selection), present(matching))
                        .collectList()
                        .flatMap(topics -> plan(spec, selection, topics));
            });
        });
    }

    /**
     * The plan for topics that match a pattern of a running read and did not when it was planned: from their earliest
     * events. Those that have gone again are left out.
     *
     * @param present how many partitions the read has already
     */
    Mono<ReadPlan> join(ReadSpec spec, TopicSelection selection, List<TopicName> more, int present) {
        return Mono.defer(() -> {
            requireRoom(present + more.size());
            return present(more).collectList().flatMap(topics -> {
                requireRoom(present + partitions(topics));
                return plan(spec.toBuilder().setStart(EARLIEST).build(), selection, topics);
            });
        });
    }

    /** Where these partitions end, once the end time has come. */
    Mono<Map<TopicPartition, Long>> endOffsets(List<TopicPartition> partitions, Instant endTime) {
        return Flux.fromIterable(partitions)
                .flatMapSequential(
                        partition -> log.offsetAt(partition, endTime).map(offset -> Map.entry(partition, offset)),
                        LOOKUPS_AT_ONCE)
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private Mono<List<TopicName>> matching(TopicSelection selection) {
        return selection.hasPatterns() ? log.topics().list(false).map(selection::matching) : Mono.just(List.of());
    }

    private Flux<TopicInfo> named(TopicSelection selection) {
        return Flux.fromIterable(selection.named()).flatMapSequential(log.topics()::describe, LOOKUPS_AT_ONCE);
    }

    private Flux<TopicInfo> present(List<TopicName> topics) {
        return Flux.fromIterable(topics)
                .flatMapSequential(topic -> unlessGone(log.topics().describe(topic)), LOOKUPS_AT_ONCE);
    }

    private Mono<ReadPlan> plan(ReadSpec spec, TopicSelection selection, List<TopicInfo> topics) {
        requireRoom(partitions(topics));
        Map<TopicName, TopicInfo> byName = topics.stream().collect(Collectors.toMap(TopicInfo::name, topic -> topic));
        GivenPlaces given = GivenPlaces.of(spec.getStart(), selection, byName);
        refuseNothingForEver(spec, given);
        GivenPlaces givenEnds = GivenPlaces.of(spec.getEnd(), selection, byName);
        Instant endTime =
                spec.getEnd().hasTime() ? EventCodec.toInstant(spec.getEnd().getTime(), "end.time") : null;
        Instant openEnd = endTime != null && endTime.isAfter(clock.instant()) ? endTime : null;
        boolean grows = selection.hasPatterns()
                && !GivenPlaces.areAll(spec.getStart())
                && (openEnd != null || !spec.hasEnd() || spec.getEnd().getEndCase() == EndPosition.EndCase.END_NOT_SET);
        return bounds(spec.getStart(), selection, topics, given)
                .flatMapMany(all -> {
                    Map<TopicPartition, Long> lasts = spec.getStart().hasLastCount()
                            ? LastEvents.starts(spec.getStart().getLastCount(), all)
                            : Map.of();
                    return Flux.fromIterable(all.entrySet())
                            .map(entry -> new Bounded(entry.getKey(), entry.getValue()))
                            .flatMapSequential(
                                    one -> unlessGone(
                                            selection,
                                            one.partition,
                                            start(spec.getStart(), one, lasts, given)
                                                    .flatMap(asked -> end(
                                                                    spec.getEnd(), one, givenEnds, endTime, openEnd)
                                                            .map(end ->
                                                                    checked(spec.getStart(), one, asked, end, given)))),
                                    LOOKUPS_AT_ONCE);
                })
                .collectMultimap(start -> start.partition().topic(), start -> start, LinkedHashMap::new)
                .map(starts -> new ReadPlan(selection, ofTopics(topics, starts), openEnd, grows));
    }

    private static List<ReadPlan.OfTopic> ofTopics(
            List<TopicInfo> topics, Map<TopicName, Collection<PartitionStart>> starts) {
        return topics.stream()
                .filter(topic -> starts.containsKey(topic.name()))
                .map(topic -> new ReadPlan.OfTopic(topic, List.copyOf(starts.getOrDefault(topic.name(), List.of()))))
                .toList();
    }

    /** What the partitions to be read hold: only those that the start names, where it is meant so; otherwise all. */
    private Mono<Map<TopicPartition, PartitionBounds>> bounds(
            StartPosition start, TopicSelection selection, List<TopicInfo> topics, GivenPlaces given) {
        return Flux.fromIterable(topics)
                .flatMapIterable(TopicInfo::topicPartitions)
                .filter(partition ->
                        !GivenPlaces.areAll(start) || given.offsets().containsKey(partition))
                .flatMapSequential(
                        partition -> unlessGone(selection, partition, bounds(partition, given))
                                .map(bounds -> Map.entry(partition, bounds)),
                        LOOKUPS_AT_ONCE)
                .collectMap(Map.Entry::getKey, Map.Entry::getValue, LinkedHashMap::new);
    }

    private Mono<PartitionBounds> bounds(TopicPartition partition, GivenPlaces given) {
        return given.recreated().contains(partition)
                ? log.bounds(partition)
                : log.boundsWith(partition, given.offset(partition, 0));
    }

    /** A read that can never get anything, and has no end either. */
    private static void refuseNothingForEver(ReadSpec spec, GivenPlaces given) {
        if (GivenPlaces.areAll(spec.getStart()) && given.offsets().isEmpty() && !spec.hasEnd()) {
            throw refused(Reason.TOPIC_NOT_FOUND, "none of the places is in a topic that is there");
        }
    }

    private void requireRoom(int partitions) {
        if (partitions > limits.maxPartitions()) {
            throw new Refusal(
                            Reason.TOO_MANY_PARTITIONS,
                            "the topics have " + partitions + " partitions or more, and a stream may read "
                                    + limits.maxPartitions(),
                            Map.of("limit", Integer.toString(limits.maxPartitions())))
                    .asException();
        }
    }

    private static int partitions(List<TopicInfo> topics) {
        return topics.stream().mapToInt(TopicInfo::partitions).sum();
    }

    /** A topic that only a pattern has brought in may go away meanwhile. */
    private static <T> Mono<T> unlessGone(TopicSelection selection, TopicPartition partition, Mono<T> answer) {
        return selection.named().contains(partition.topic()) ? answer : unlessGone(answer);
    }

    private static <T> Mono<T> unlessGone(Mono<T> answer) {
        return answer.onErrorResume(ReadPlanner::isGone, gone -> Mono.empty());
    }

    /** True when the topic is not there. */
    static boolean isGone(Throwable cause) {
        return Reason.TOPIC_NOT_FOUND.isOf(cause);
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

    private Mono<Long> start(StartPosition start, Bounded one, Map<TopicPartition, Long> lasts, GivenPlaces given) {
        return switch (start.getStartCase()) {
            case EARLIEST -> Mono.just(one.bounds.earliest());
            case CURSOR, OFFSETS -> Mono.just(given.offset(one.partition, one.bounds.earliest()));
            case TIME -> log.offsetAt(one.partition, EventCodec.toInstant(start.getTime(), "start.time"));
            case LAST_COUNT -> Mono.just(lasts.getOrDefault(one.partition, one.bounds.end()));
            case LATEST, START_NOT_SET -> Mono.just(one.bounds.end());
            case STORED_CURSOR, SNAPSHOT -> throw refused(Reason.NOT_SUPPORTED, "this start");
        };
    }

    private Mono<ReadEnd> end(
            EndPosition end, Bounded one, GivenPlaces given, @Nullable Instant endTime, @Nullable Instant openEnd) {
        return switch (end.getEndCase()) {
            case END_NOT_SET -> Mono.just(ReadEnd.NEVER);
            case LIVE_END -> Mono.just(ReadEnd.atOffset(one.bounds.end()));
            case CURSOR, OFFSETS -> Mono.just(ReadEnd.atOffset(given.offset(one.partition, one.bounds.end())));
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

    private static PartitionStart checked(
            StartPosition start, Bounded one, long asked, ReadEnd end, GivenPlaces given) {
        PartitionBounds bounds = one.bounds;
        if (given.recreated().contains(one.partition)) {
            return new PartitionStart(one.partition, asked, bounds.earliest(), end, bounds, true);
        }
        if (asked > bounds.end() || asked < 0) {
            throw Refusal.offsetOutOfRange(one.partition.toString(), asked, bounds.earliest(), bounds.end())
                    .asException();
        }
        long from = asked < bounds.earliest() ? instead(start, one, asked) : asked;
        return new PartitionStart(one.partition, asked, from, end, bounds, false);
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

    private record Bounded(TopicPartition partition, PartitionBounds bounds) {}
}
