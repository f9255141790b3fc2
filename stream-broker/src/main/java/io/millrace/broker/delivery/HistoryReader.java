// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.millrace.broker.frame.EventFramer;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.limits.Shed;
import io.millrace.broker.ring.Selection;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.Integrity;
import io.millrace.core.log.LogBatch;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicInfo;
import io.millrace.v1.Cursor;
import io.millrace.v1.EndPosition;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Gap;
import io.millrace.v1.Place;
import io.millrace.v1.Position;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadResponse;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.ReceivedEvent;
import io.millrace.v1.StartPosition;
import io.millrace.wire.EventCodec;
import io.millrace.wire.TopicResource;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads history page by page, for clients that ask instead of listening. A page token is the rest of the read as a
 * request of its own, so no server has to remember it. Thread-safe.
 */
public final class HistoryReader {
    private static final int DEFAULT_EVENTS = 100;
    private static final int MAX_EVENTS = 1000;

    /** Where a filter lets little through, a page ends when so many events were looked at. */
    private static final int MAX_EXAMINED = 20_000;

    /** A page may overdraw this by its last event, and stays within what any client accepts by default. */
    private static final int MAX_BYTES = 1024 * 1024;

    private final EventLog log;
    private final Overload overload;
    private final ReadPlanner planner;
    private final Filters filters;

    /** Of a log. */
    public HistoryReader(EventLog log, Overload overload, BrokerLimits limits, Clock clock) {
        this(log, overload, limits, clock, Filters.CEL);
    }

    HistoryReader(EventLog log, Overload overload, BrokerLimits limits, Clock clock, Filters filters) {
        this.log = log;
        this.overload = overload;
        this.filters = filters;
        this.planner = new ReadPlanner(log, limits.topics(), clock);
    }

    /**
     * One page. Errors with the refusals of a subscription, with REQUEST_INVALID for a page token not from here, and with
     * MEMORY_EXHAUSTED.
     */
    public Mono<ReadResponse> read(ReadRequest request) {
        return Mono.defer(() -> {
            if (request.getReverse()) {
                throw Refusal.of(Reason.NOT_SUPPORTED, "reading newest first").asException();
            }
            if (request.getPageSize() < 0) {
                throw Refusal.of(Reason.REQUEST_INVALID, "page_size is negative")
                        .asException();
            }
            overload.refuseIfShed(Shed.REPLAYS, "no pages of history");
            ReadSpec spec = request.getPageToken().isEmpty() ? request.getSpec() : fromToken(request.getPageToken());
            int maxEvents = request.getPageSize() == 0 ? DEFAULT_EVENTS : Math.min(request.getPageSize(), MAX_EVENTS);
            return ReadRules.read(spec, filters)
                    .map(HistoryReader::selection)
                    .flatMap(selection -> planner.plan(bounded(spec))
                            .flatMap(plan -> page(spec, plan, new Page(maxEvents, selection))));
        });
    }

    private static Selection selection(ReadRules rules) {
        if (rules.selection().newestOnly()) {
            throw Refusal.of(Reason.NOT_SUPPORTED, "reading pages with spec.slow_consumer_policy CONFLATE")
                    .asException();
        }
        return rules.selection();
    }

    private Mono<ReadResponse> page(ReadSpec spec, ReadPlan plan, Page page) {
        List<PartitionPage> parts = plan.topics().stream()
                .flatMap(topic -> topic.starts().stream().map(start -> new PartitionPage(topic.topic(), start, page)))
                .toList();
        return Flux.fromIterable(parts)
                .concatMap(part -> part.isDone() || page.isFull()
                        ? Mono.empty()
                        : log.read(part.start.partition(), part.next, part.end)
                                .takeUntil(part::add)
                                .then()
                                .onErrorResume(
                                        cause -> ReadPlanner.isGone(cause)
                                                && !plan.selection().named().contains(part.topic.name()),
                                        gone -> Mono.fromRunnable(part::leave)))
                .then(Mono.fromSupplier(() -> response(spec, parts)));
    }

    private static ReadResponse response(ReadSpec spec, List<PartitionPage> parts) {
        ReadResponse.Builder response = ReadResponse.newBuilder();
        Cursor.Builder cursor = Cursor.newBuilder();
        for (PartitionPage part : parts) {
            cursor.addPlaces(part.place());
            response.addAllGaps(part.gaps);
            if (part.batch.getEventsCount() > 0) {
                response.addBatches(part.batch.setPlace(part.place()));
            }
        }
        if (!parts.stream().allMatch(PartitionPage::isDone)) {
            response.setNextPageToken(toToken(spec, cursor, parts));
        }
        return response.setCursor(cursor).build();
    }

    private static ReadSpec bounded(ReadSpec spec) {
        return spec.hasEnd()
                ? spec
                : spec.toBuilder()
                        .setEnd(EndPosition.newBuilder().setLiveEnd(EndPosition.LiveEnd.getDefaultInstance()))
                        .build();
    }

    private static String toToken(ReadSpec spec, Cursor.Builder cursor, List<PartitionPage> parts) {
        StartPosition.Offsets.Builder ends = StartPosition.Offsets.newBuilder();
        for (PartitionPage part : parts) {
            ends.addPositions(Position.newBuilder()
                    .setTopic(TopicResource.format(part.topic.name()))
                    .setPartition(part.start.partition().partition())
                    .setOffset(part.end));
        }
        ReadSpec rest = spec.toBuilder()
                .setStart(StartPosition.newBuilder().setCursor(cursor).setPlacesOnly(true))
                .setEnd(EndPosition.newBuilder().setOffsets(ends))
                .build();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(rest.toByteArray());
    }

    private static ReadSpec fromToken(String token) {
        try {
            return ReadSpec.parseFrom(Base64.getUrlDecoder().decode(token));
        } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
            throw Refusal.of(Reason.REQUEST_INVALID, "page_token is none that a page came with")
                    .asException();
        }
    }

    /** What the parts of one page share: how much is still free. */
    private static final class Page {
        private final Selection selection;
        private final EventFramer framer = new EventFramer();
        private int freeEvents;
        private int freeBytes = MAX_BYTES;
        private int examined;

        Page(int maxEvents, Selection selection) {
            this.freeEvents = maxEvents;
            this.selection = selection;
        }

        boolean isFull() {
            return freeEvents <= 0 || freeBytes <= 0 || examined >= MAX_EXAMINED;
        }

        boolean takes(StoredEvent event) {
            if (selection.takesAll()) {
                return true;
            }
            examined++;
            int lengthBytes = framer.frame(event);
            return selection.takes(framer.buffer(), framer.start(), framer.start() + lengthBytes);
        }

        void fill(MessageLite part) {
            freeEvents--;
            freeBytes -= part.getSerializedSize();
        }

        void passWithheld() {
            examined++;
        }
    }

    /** One partition's part of a page. */
    private static final class PartitionPage {
        private final TopicInfo topic;
        private final PartitionStart start;
        private final Page page;
        private final long end;
        private final EventBatch.Builder batch;

        /** In order, none touching the next; together with the events no more than the page takes. */
        private final List<Gap> gaps = new ArrayList<>();

        private long next;

        PartitionPage(TopicInfo topic, PartitionStart start, Page page) {
            this.topic = topic;
            this.start = start;
            this.page = page;
            this.end = Math.min(start.end().offset(), start.bounds().end());
            this.next = start.from();
            this.batch = EventBatch.newBuilder()
                    .setTopic(TopicResource.format(topic.name()))
                    .setPartition(start.partition().partition())
                    .setPreviousOffset(start.from() - 1);
        }

        boolean isDone() {
            return next >= end;
        }

        /** Takes what fits of a batch, and answers whether the page is full. */
        boolean add(LogBatch read) {
            for (StoredEvent stored : read.events()) {
                if (page.isFull()) {
                    return true;
                }
                if (stored.isWithheld()) {
                    withhold(stored.offset());
                } else if (page.takes(stored)) {
                    ReceivedEvent event = message(stored);
                    page.fill(event);
                    batch.addEvents(event);
                }
                next = stored.offset() + 1;
            }
            next = read.nextOffset();
            return page.isFull();
        }

        private void withhold(long offset) {
            page.passWithheld();
            Gap last = gaps.isEmpty() ? null : gaps.get(gaps.size() - 1);
            if (last != null && last.getTo().getOffset() == next) {
                gaps.set(gaps.size() - 1, gap(last.getFrom().getOffset(), offset, (int) last.getEvents() + 1));
            } else {
                gaps.add(gap(next, offset, 1));
                page.fill(gaps.get(gaps.size() - 1));
            }
        }

        private Gap gap(long from, long lastOffset, int events) {
            return Messages.corrupt(start.partition(), from, lastOffset + 1, events);
        }

        /** Nothing more will come: a topic that only a pattern had brought in has gone. */
        void leave() {
            next = end;
        }

        Place place() {
            return Place.newBuilder()
                    .setTopic(TopicResource.format(topic.name()))
                    .setPartition(start.partition().partition())
                    .setNextOffset(next)
                    .setToken(PlaceTokens.of(topic, start.partition().partition()))
                    .build();
        }

        private static ReceivedEvent message(StoredEvent stored) {
            return ReceivedEvent.newBuilder()
                    .setEvent(EventCodec.toMessage(stored.event()))
                    .setOffset(stored.offset())
                    .setRecordTime(EventCodec.toMessage(Instant.ofEpochMilli(stored.recordTimeMillis())))
                    .setChecksumFailed(stored.integrity() == Integrity.BROKEN)
                    .build();
        }
    }
}
